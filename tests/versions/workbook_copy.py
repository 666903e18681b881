"""A fresh copy of the workbook in a ground: set up there, and called there."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.guide.replay.sandbox.namespaces import OWN
from tests.versions.grounds import Ground
from workbook.bootstrap.environment import python_of
from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.runtime.process_tree import last_lines, run_to_end

# An environment is some 20,000 files. On a disk that other tests write to as well, a set-up and its
# removal take minutes; in memory they take seconds.
MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30  # bytes; a copy with its environment takes less than one


@dataclass(frozen=True)
class Done:
    """A command that ended, or was ended: `code` is None then."""

    code: int | None
    text: str

    @property
    def succeeded(self) -> bool:
        """Tell whether it ended well."""
        return self.code == 0

    @property
    def last_line(self) -> str:
        """The last thing it said."""
        lines = [line.strip() for line in self.text.splitlines() if line.strip()]
        return lines[-1] if lines else "it said nothing"


def call_in(
    folder: Path, command: list[str], environment: Mapping[str, str], seconds: float
) -> Done:
    """Run a command in `folder`; end it, with all that it started, after `seconds`."""
    code, text = run_to_end(command, folder, environment, seconds)
    if code is None:
        text = f"{text}\nNot done within {seconds:.0f} seconds: it was ended."
    return Done(code, text)


@dataclass(frozen=True)
class WorkbookCopy:
    """The copy's folder, and the ground whose Python calls it."""

    folder: Path
    ground: Ground

    @property
    def python(self) -> str:
        """The Python of the copy's own environment."""
        return str(python_of(self.folder / ".venv"))

    def call(self, *arguments: str, seconds: float) -> Done:
        """Run a command in the copy; end it, with all that it started, after `seconds`."""
        command = self.ground.command(self.folder, arguments)
        return call_in(self.folder, command, self.ground.environment(), seconds)

    def workbook(self, *arguments: str, seconds: float) -> Done:
        """Call the tool as a person does, with the ground's own Python."""
        return self.call(self.ground.python, "workbook", *arguments, seconds=seconds)

    def install(
        self, *requirements: str, options: Sequence[str] = (), seconds: float = 300
    ) -> None:
        """Install packages over those that are there, with pip where it is there, else with uv.

        `options` are those that both know. Raises WorkbookError where that fails.
        """
        done = self.call(*self._installer(), *options, *requirements, seconds=seconds)
        if not done.succeeded:
            raise WorkbookError(
                f"{', '.join(requirements)} could not be installed:\n{last_lines(done.text)}"
            )

    def versions(self) -> dict[str, str]:
        """Return what is installed: versions by the packages' names."""
        code = (
            "from importlib.metadata import distributions\n"
            "for one in distributions():\n"
            "    print(one.name.lower().replace('_', '-').replace('.', '-'), one.version)"
        )
        done = self.call(self.python, "-I", "-c", code, seconds=60)
        if not done.succeeded:
            raise WorkbookError(f"The environment does not answer:\n{last_lines(done.text)}")
        return dict(line.split(" ", 1) for line in done.text.splitlines())

    def upgrade(self, *requirements: str, seconds: float) -> None:
        """Install the newest of `requirements` and of all they ask for. Raises WorkbookError."""
        eager = ["--upgrade-strategy", "eager"] if self._has_pip() else []
        self.install(*requirements, options=["--upgrade", *eager], seconds=seconds)

    def _installer(self) -> list[str]:
        if self._has_pip():
            return [self.python, "-m", "pip", "install", "--disable-pip-version-check"]
        uv = self.folder / ".venv" / "bin" / "uv"  # the folder is the same in the ground
        return [str(uv), "pip", "install", "--python", self.python]

    def _has_pip(self) -> bool:
        return any((self.folder / ".venv").glob("lib/python*/site-packages/pip/__init__.py"))


def has_room(folder: Path) -> bool:
    """Tell whether programs can be installed in `folder`, a file system in memory, and run there.

    False where it is missing or small, as in most containers, or where memory is short.
    """
    try:
        found = os.statvfs(folder)
    except (OSError, AttributeError):  # no such folder; no such function on Windows
        return False
    can_run = not found.f_flag & getattr(os, "ST_NOEXEC", 0)
    room = min(found.f_bavail * found.f_frsize, psutil.virtual_memory().available)
    return can_run and room >= ROOM


@contextmanager
def fresh_copy(ground: Ground) -> Iterator[WorkbookCopy]:
    """Copy the workbook as a clone has it into a temporary folder that goes with the block."""
    where = MEMORY if has_room(MEMORY) else None
    with tempfile.TemporaryDirectory(prefix="workbook-versions-", dir=where) as temporary:
        folder = Path(temporary) / "workbook"
        shutil.copytree(ROOT, folder, symlinks=True, ignore=OWN)
        # The environment of an index that needs a login is nobody else's business.
        Path(temporary).chmod(0o700)
        yield WorkbookCopy(folder, ground)
