"""The workbook as a learner clones it on Windows, and what they call there."""

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.guide.replay.sandbox.namespaces import OWN
from tests.versions.debian import cache_folder, made_once
from tests.versions.grounds import handed_on
from tests.versions.workbook_copy import MEMORY, Done, call_in, has_room
from tests.windows.wine import HOME, SECOND_DRIVE, Wine, wine
from workbook.errors import WorkbookError
from workbook.paths import ENVIRONMENT, ROOT

# With a space and letters beyond ASCII, as folders on Windows have them.
NAME = "Übungen & celery"
SETUP_SECONDS = 600
FIRST_CALL = "first-call.txt"
# What the tool begins in the background, to its end: what starts later starts in a third of time.
COMPILE = """
import sys
sys.path.insert(0, ".")
from workbook.bootstrap.compilation import run
run(processes=1)
"""


class Windows(Protocol):
    """A Windows with a Python: how a command is run there."""

    where: str

    @property
    def python(self) -> Path:
        """Its Python, by the path that it has there."""

    def command(self, folder: Path, place: Path, arguments: Sequence[str]) -> list[str]:
        """Return the command line that runs `arguments` in `folder`, which is at `place` there."""

    def path_there(self, place: Path) -> str:
        """Return how Windows calls a place."""

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return the variables for that command, with `more`."""


@dataclass(frozen=True)
class ThisWindows:
    """The Windows that this runs on."""

    where: str = "this Windows"

    @property
    def python(self) -> Path:
        """The Python below the environment that this runs in."""
        return Path(sys._base_executable)

    def command(self, folder: Path, place: Path, arguments: Sequence[str]) -> list[str]:
        """Return `arguments`: there is nothing to go into."""
        return list(arguments)

    def path_there(self, place: Path) -> str:
        """Return how Windows calls a place: by its own path."""
        return str(place)

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return this process's variables, with `more`."""
        return handed_on() | dict(more)


def find_windows() -> Windows:
    """Return this Windows, or one under Wine. Raises NoGround where there can be none."""
    return ThisWindows() if os.name == "nt" else wine()


@dataclass(frozen=True)
class Clone:
    """A clone in `folder`, called by the person whose Windows it is, who has it at `place`."""

    folder: Path
    windows: Windows
    place: Path

    def call(self, *arguments: str | Path, seconds: float, **variables: str) -> Done:
        """Run a command in the clone; end it, with all that it started, after `seconds`."""
        command = self.windows.command(self.folder, self.place, list(map(str, arguments)))
        return call_in(self.folder, command, self.windows.environment(variables), seconds)

    def workbook(self, *arguments: str, seconds: float, **variables: str) -> Done:
        """Call the tool as a person does, with the Python that they installed."""
        return self.call(self.windows.python, "workbook", *arguments, seconds=seconds, **variables)

    def python(self, *arguments: str, seconds: float, **variables: str) -> Done:
        """Run the Python of the clone's own environment."""
        python = self.place / ".venv" / "Scripts" / "python.exe"
        return self.call(python, *arguments, seconds=seconds, **variables)

    def typed(self, line: str, seconds: float, **variables: str) -> Done:
        """Type a line in `cmd`, in the clone's folder."""
        return self.call("cmd", "/d", "/c", line, seconds=seconds, **variables)

    def scenario(self, name: str, *arguments: str, seconds: float, **variables: str) -> Done:
        """Play a scenario of `inside/` on that Windows."""
        return self.python(
            "-m", f"tests.windows.inside.{name}", *arguments, seconds=seconds, **variables
        )


def prepared_environment(windows: Windows) -> Path | None:
    """Return a folder `.venv` that a call of the tool has made for `Clone.place`.

    It is made once for each lock and what sets it up, and None on a Windows that is this system:
    its path changes. What the call printed is in its FIRST_CALL.
    """
    if not isinstance(windows, Wine):
        return None
    recipe = f"{windows.root.name} {windows.wheels.name} {NAME} {_digest_of_set_up()}"

    def make(target: Path) -> None:
        with fresh_clone(windows) as clone:
            done = clone.workbook(seconds=SETUP_SECONDS)
            compiled = clone.python("-P", "-c", COMPILE, seconds=SETUP_SECONDS)
            for one in (done, compiled):
                if not one.succeeded:
                    raise WorkbookError(f"A clone on Windows was not set up:\n{one.text[-3000:]}")
            shutil.copytree(clone.folder / ENVIRONMENT.name, target)
            (target / FIRST_CALL).write_text(done.text, encoding="utf-8")

    return made_once(cache_folder() / "environments", recipe, make)


def first_call(windows: Windows) -> str:
    """Return what the tool's first call prints in a fresh clone. Raises WorkbookError if it fails.

    Under Wine that call is the one which made the environment of all these tests.
    """
    if environment := prepared_environment(windows):
        return (environment / FIRST_CALL).read_text(encoding="utf-8")
    with fresh_clone(windows) as clone:
        done = clone.workbook(seconds=SETUP_SECONDS)
        if not done.succeeded:
            raise WorkbookError(f"A clone on Windows was not set up:\n{done.text[-3000:]}")
        return done.text


def _digest_of_set_up() -> str:
    """Return a digest of the code that a first call runs."""
    tool = ROOT / "workbook"
    files = [*tool.glob("*.py"), *(tool / "bootstrap").glob("*.py"), *tool.glob("runtime/*.py")]
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()


@contextmanager
def prepared_clone(windows: Windows) -> Iterator[Clone]:
    """Copy the workbook with its environment, as it is after a first call and a while."""
    environment = prepared_environment(windows)
    with fresh_clone(windows) as clone:
        if environment:
            shutil.copytree(environment, clone.folder / ENVIRONMENT.name)
        else:
            clone.workbook("--help", seconds=SETUP_SECONDS)
        yield clone


@contextmanager
def fresh_clone(windows: Windows, at: Path | None = None) -> Iterator[Clone]:
    """Copy the workbook as a clone has it, into a folder that goes with the block.

    `at` is where a Windows under Wine has it, if not in its user's home. On a real Windows it is in
    a temporary folder, below folders of the same names.
    """
    place = at or HOME / NAME
    where = MEMORY if has_room(MEMORY) else None
    with tempfile.TemporaryDirectory(
        prefix="workbook-windows-", dir=where, ignore_cleanup_errors=True
    ) as temporary:
        if isinstance(windows, ThisWindows):
            names = at.parts[len(SECOND_DRIVE.parts) :] if at else (NAME,)
            folder = place = Path(temporary).joinpath(*names)
        else:
            folder = Path(temporary) / NAME
        shutil.copytree(ROOT, folder, symlinks=True, ignore=OWN)
        yield Clone(folder, windows, place)
