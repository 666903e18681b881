"""Where a round runs: a Python of this machine, or one inside a small Debian system of its own.

Nothing is downloaded but what Debian's own tools bring (see `debian.py`). Where no Python of the
wanted version can be had at all, NoGround says why: that round is left out.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.support.commands import run_command
from workbook.bootstrap.environment import scripts_of
from workbook.paths import ENVIRONMENT

# A Python is only good for a set-up with both of these: Debian has them in a package of their own.
PROBE = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
# What the caller's own environment says of itself, and what would be asked in its place.
NOT_HANDED_ON = (
    *("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "__PYVENV_LAUNCHER__"),
    *("CELERY_BROKER_REDIS_URL", "DJANGO_SETTINGS_MODULE", "PYENV_VERSION"),
)
PREFIXES_NOT_HANDED_ON = ("PYTEST_", "WORKBOOK_", "XDG_")


class NoGround(Exception):
    """There is no such Python on this machine, and none can be made. The text says why."""


class Ground(Protocol):
    """Somewhere with a Python of one version: how a command is run in there."""

    where: str  # such as `this machine`
    python: str

    def command(self, folder: Path, arguments: Sequence[str]) -> list[str]:
        """Return the command line that runs `arguments` in `folder`, which it has at its path."""

    def environment(self) -> dict[str, str]:
        """Return the variables for that command."""


@dataclass(frozen=True)
class HostGround:
    """A Python that is installed on this machine."""

    python: str
    where: str = "this machine"

    def command(self, folder: Path, arguments: Sequence[str]) -> list[str]:
        """Return `arguments`: there is nothing to go into."""
        return list(arguments)

    def environment(self) -> dict[str, str]:
        """Return this process's variables without the environment that it runs in itself."""
        own = str(scripts_of(ENVIRONMENT))
        path = [one for one in os.environ["PATH"].split(os.pathsep) if one != own]
        return handed_on() | {"PATH": os.pathsep.join(path)}


def handed_on() -> dict[str, str]:
    """Return the variables that mean the same in every ground."""
    handed = {
        name: value
        for name, value in os.environ.items()
        if name not in NOT_HANDED_ON and not name.startswith(PREFIXES_NOT_HANDED_ON)
    }
    # So wide that a check's title stays on its line, from where it is read.
    return handed | {"COLUMNS": "400"}


def find_on_this_machine(version: str) -> HostGround | None:
    """Return a Python `version` (`3.13`) of this machine, if it has one that can make a venv."""
    if os.name != "posix":
        return None
    for python in _candidates(version):
        if _version_of(python) == version:
            return HostGround(str(python))
    return None


def _candidates(version: str) -> Iterator[Path]:
    """Yield where a Python `version` may be: this one, the PATH, pyenv's, and uv's."""
    yield Path(sys._base_executable)
    if found := shutil.which(f"python{version}"):
        yield Path(found)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or data / "uv" / "python")
    yield from sorted(pyenv.glob(f"{version}.*/bin/python{version}"), reverse=True)
    yield from sorted(uv.glob(f"cpython-{version}.*/bin/python{version}"), reverse=True)


def _version_of(python: Path) -> str:
    """Return what a Python says of itself, "" where it does not run: pyenv's shims may not."""
    with suppress(OSError, subprocess.SubprocessError):
        return run_command([python, "-I", "-c", PROBE], timeout=30, check=True).stdout.strip()
    return ""


def find_ground(version: str, in_debian: bool = False) -> Ground:
    """Return a ground with Python `version`; raise NoGround where there can be none.

    `in_debian`: the Debian system, even where this machine has such a Python.
    """
    from tests.versions.debian import PYTHONS, debian_ground

    if not in_debian and (found := find_on_this_machine(version)):
        return found
    if version not in PYTHONS:
        raise NoGround(f"there is no Python {version} here (on the PATH, in pyenv, or of uv)")
    return debian_ground(version)
