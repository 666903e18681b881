"""The environment in `.venv`: where its programs are, whether it is complete, how it is entered.

Plain standard library. The stamp in `.venv` is written last of all, so that an environment that was
interrupted half-way is told from a complete one.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.paths import ENVIRONMENT, ROOT
from workbook.runtime.process_output import decoded

LOCK = ROOT / "Pipfile.lock"
UNFINISHED = "unfinished\n"


def python_of(folder: Path) -> Path:
    """Return where the Python of the virtual environment in `folder` lies on this system."""
    return scripts_of(folder) / ("python.exe" if os.name == "nt" else "python")


def scripts_of(folder: Path) -> Path:
    """Return the folder of the environment's commands: `bin`, or `Scripts` on Windows."""
    return folder / ("Scripts" if os.name == "nt" else "bin")


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
    """Write the stamp in one go: a reader sees the old one or the new one, never a half."""
    beside = stamp_file().with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, stamp_file())  # noqa: PTH105 (any Python)


def expected_stamp(version: str) -> str:
    """Return the stamp of a complete environment on Python `version`.

    The folder is part of it, because the commands in an environment name their Python by its full
    path: a workbook that was moved needs them made anew.
    """
    try:
        digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    except OSError as problem:
        raise WorkbookError(
            f"The workbook needs {LOCK}, which says what to install: {problem.strerror}.\n"
            "Bring it back with: git checkout Pipfile.lock"
        ) from problem
    return f"lock {digest}\npython {version}\nfolder {ENVIRONMENT}\n"


def outdated_stamp() -> str:
    """Return the stamp of an environment that is whole, but not what the lock says."""
    return f"lock unknown\nfolder {ENVIRONMENT}\n"


def is_complete() -> bool:
    """Tell whether everything the lock names is installed, on a Python that still runs."""
    stamp = read_stamp()
    if not stamp or stamp == UNFINISHED:
        return False
    version = version_of(python_of(ENVIRONMENT))
    return bool(version) and stamp == expected_stamp(version)


def activated(environ: "dict[str, str]") -> "dict[str, str]":
    """Return a copy of `environ` in which the environment's commands come first."""
    scripts = str(scripts_of(ENVIRONMENT))
    others = [part for part in environ.get("PATH", "").split(os.pathsep) if part != scripts]
    changed = dict(environ, VIRTUAL_ENV=str(ENVIRONMENT))
    changed["PATH"] = os.pathsep.join([scripts] + [part for part in others if part])
    changed.pop("PYTHONHOME", None)
    return changed
