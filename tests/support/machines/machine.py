"""A machine: a folder with its own copy of the project, its own environment, and one process."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.examples import example_project
from tests.support.machines.children import Child, run
from tests.support.machines.page_files import PLACE, PROGRAMS, variables

# What the page tells its readers to add to the finished project.
SETTINGS = ("postgresql", "queues", "production")
# And what lets a test read in the database what beat has sent, at once: else beat notes it down
# every three minutes.
BEAT_NOTES_AT_ONCE = "\n# Of the test.\nCELERY_BEAT_SYNC_EVERY = 1\n"
PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True)
class Machine:
    """A folder that stands for a machine: its own project, its own environment, its process."""

    folder: Path
    child: Child

    @property
    def project(self) -> Path:
        """Where its copy of the project lies."""
        return self.folder / PLACE

    def types(self, *words: str) -> str:
        """Type a command in its project, in its environment, and return what it prints."""
        return run([f"{PROGRAMS}/{words[0]}", *words[1:]], self.project, self.child.environment)


def machine_at(root: Path, name: str, text: str, command: Sequence[str]) -> Machine:
    """Lay the machine `name` below `root`: the project with the page's settings, and its file.

    `text` is that of its environment file, `command` what its process will be, once it is started.
    """
    folder = root / name
    project = example_project(folder / PLACE, *SETTINGS).folder
    with (project / "config" / "settings.py").open("a", encoding="utf-8") as settings:
        settings.write(BEAT_NOTES_AT_ONCE)
    file = folder / "etc" / "status.env"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    environment = {
        "PATH": f"{PROGRAMS}:{PATH}",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        **variables(text),
    }
    child = Child(name, command, project, folder / "log", environment)
    return Machine(folder, child)
