"""The environment in `.venv`: where its programs are, whether it is complete, how it is entered.

Plain standard library. The stamp in `.venv` is written last of all, so that an environment that was
interrupted half-way is told from a complete one. It names the portions of the lock that are there.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from workbook.bootstrap.portions import BASE
from workbook.errors import WorkbookError
from workbook.paths import ENVIRONMENT, ROOT
from workbook.runtime.process_output import decoded

LOCK = ROOT / "Pipfile.lock"
# Lies in an environment that the tool made: nothing in it is a person's own.
MADE_HERE = ENVIRONMENT / "made-by-workbook"
UNFINISHED = "unfinished\n"


def python_of(folder: Path) -> Path:
    """Return where the Python of the virtual environment in `folder` is on this system."""
    return scripts_of(folder) / ("python.exe" if os.name == "nt" else "python")


def scripts_of(folder: Path) -> Path:
    """Return the folder of the environment's commands: `bin`, or `Scripts` on Windows."""
    return folder / ("Scripts" if os.name == "nt" else "bin")


def package_folders(folder: Path) -> list[Path]:
    """Return the folders that hold the packages of the environment `folder`."""
    found = [*folder.glob("lib/python*/site-packages"), folder / "Lib/site-packages"]
    return [one for one in found if one.is_dir()]


def version_of(python: Path) -> str:
    """Return `3.11` and the like, as that interpreter says it; "" if it does not run."""
    if python == python_of(ENVIRONMENT) and is_inside():
        return "{}.{}".format(*sys.version_info[:2])
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [str(python), "-I", "-S", "-c", code],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=30,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return decoded(answer.stdout).strip()


def is_inside() -> bool:
    """Tell whether this very process runs in the workbook's environment."""
    return os.path.realpath(sys.prefix) == os.path.realpath(ENVIRONMENT)


def stamp_file() -> Path:
    """Return the file that says what the environment was made of."""
    return ENVIRONMENT / "workbook-stamp"


def read_stamp() -> str:
    """Return what the stamp says; "" without one, UNFINISHED while it is being made."""
    try:
        return stamp_file().read_text(encoding="utf-8")
    except OSError:
        return ""


def write_stamp(text: str) -> None:
    """Write the stamp atomically: a reader sees the old one or the new one, never half of one."""
    beside = stamp_file().with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, stamp_file())  # noqa: PTH105 (any Python)


def stamp_fields() -> dict[str, str]:
    """Return what the stamp says, by the first word of each line."""
    lines = [line.partition(" ") for line in read_stamp().splitlines()]
    return {name: value for name, space, value in lines if space}


def lock_digest() -> str:
    """Return what changes when the lock does. Raises WorkbookError where it can't be read."""
    return hashlib.sha256(_lock_bytes()).hexdigest()


def locked_packages() -> "dict[str, dict[str, object]]":
    """Return the packages that the lock names. Raises WorkbookError where it can't be read."""
    try:
        lock = json.loads(_lock_bytes())
        packages: dict[str, dict[str, object]] = {**lock["default"], **lock["develop"]}
        for name, entry in packages.items():
            if "version" not in entry or "hashes" not in entry:
                raise ValueError(f"{name} has no version or no hashes")
    except KeyError as problem:
        raise _unusable_lock(f"it has no part {problem}") from problem
    except (ValueError, TypeError) as problem:
        raise _unusable_lock(str(problem)) from problem
    return packages


def _lock_bytes() -> bytes:
    try:
        return LOCK.read_bytes()
    except OSError as problem:
        raise _unusable_lock(str(problem.strerror)) from problem


def _unusable_lock(reason: str) -> WorkbookError:
    return WorkbookError(
        f"The workbook needs {LOCK}, which says what to install: {reason}.\n"
        # With HEAD, git also replaces a file in which it has left the marks of a conflict.
        "Bring it back with: git checkout HEAD Pipfile.lock"
    )


def expected_stamp(version: str, portions: Iterable[str]) -> str:
    """Return the stamp of an environment on Python `version` in which `portions` are complete.

    The folder is part of it, because the commands in an environment name their Python by its full
    path: a workbook that was moved needs them made again.
    """
    return (
        f"lock {lock_digest()}\npython {version}\ninterpreter {interpreter()}\n"
        f"folder {ENVIRONMENT}\nportions {' '.join(sorted(portions))}\n"
    )


def outdated_stamp(portions: Iterable[str]) -> str:
    """Return the stamp of an environment that is whole, but not what the lock says."""
    return f"lock unknown\nfolder {ENVIRONMENT}\nportions {' '.join(sorted(portions))}\n"


def interpreter() -> str:
    """Return what changes when the Python below the environment is updated; "" if it is gone.

    It saves later calls from starting a Python to ask for its version.
    """
    try:
        python = os.path.realpath(python_of(ENVIRONMENT))
        if os.name == "nt":
            # What lies in the environment there is a small launcher: pyvenv.cfg names the Python.
            text = (ENVIRONMENT / "pyvenv.cfg").read_text(encoding="utf-8")
            pairs = dict(line.partition("=")[::2] for line in text.splitlines())
            named = {name.strip(): value.strip() for name, value in pairs.items()}
            python = os.path.join(named.get("home", ""), "python.exe")  # noqa: PTH118 (any Python)
        found = os.stat(python)  # noqa: PTH116 (any Python)
    except OSError:
        return ""
    return f"{found.st_size} {found.st_mtime_ns} {python}"


def is_complete(portions: Iterable[str] = (BASE,)) -> bool:
    """Tell whether all that the lock names in `portions` is installed, on a Python that runs."""
    if read_stamp() in ("", UNFINISHED):
        return False
    fields = stamp_fields()
    installed = fields.get("portions", "").split()
    if any(portion not in installed for portion in portions):
        return False
    if fields.get("folder") != str(ENVIRONMENT) or fields.get("lock") != lock_digest():
        return False
    if fields.get("interpreter") and fields["interpreter"] == interpreter():
        return True
    # The Python was updated, or can't be told by its file. Its version says whether packages fit.
    return bool(fields.get("python")) and version_of(python_of(ENVIRONMENT)) == fields["python"]


def activated(environ: "dict[str, str]") -> "dict[str, str]":
    """Return a copy of `environ` in which the environment's commands come first."""
    scripts = str(scripts_of(ENVIRONMENT))
    others = [part for part in environ.get("PATH", "").split(os.pathsep) if part != scripts]
    changed = dict(environ, VIRTUAL_ENV=str(ENVIRONMENT))
    changed["PATH"] = os.pathsep.join([scripts] + [part for part in others if part])
    changed.pop("PYTHONHOME", None)
    return changed
