"""Files of "Going further": what a reader may add to the finished project, or to a server.

docs/going-further/examples/NAME/ holds them at the place where they go. One that the finished
project has too is added at the end of it; one below etc/ belongs to the server.
"""

from dataclasses import dataclass
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.projects.steps import all_steps

EXAMPLES = ROOT / "docs" / "going-further" / "examples"
SERVER = "etc"


@dataclass(frozen=True)
class Example:
    """A file of an example: its path below the example's folder, and its text."""

    path: str
    text: str

    @property
    def title(self) -> str:
        """Return the path as the reader's machine has it."""
        return f"/{self.path}" if self.path.startswith(f"{SERVER}/") else self.path

    @property
    def is_addition(self) -> bool:
        """True if the finished project has such a file: then this goes to its end."""
        return (all_steps()[-1].folder / self.path).is_file()

    @property
    def place(self) -> str:
        """Return, in words, where the text goes."""
        return "at the end" if self.is_addition else "new file"


def example_named(source: str) -> Example:
    """Return the file that a fence's body names: `NAME/PATH` below docs/going-further/examples.

    Raises WorkbookError if there is no such file.
    """
    name, _, path = source.strip().partition("/")
    file = EXAMPLES / name / path
    if not path or ".." in Path(path).parts or not file.is_file():
        there = ", ".join(
            found.relative_to(EXAMPLES).as_posix()
            for found in sorted(EXAMPLES.rglob("*"))
            if found.is_file() and "__pycache__" not in found.parts
        )
        raise WorkbookError(
            f"“{source.strip()}” is no file of docs/going-further/examples/. There are: {there}"
        )
    return Example(path, file.read_text(encoding="utf-8").rstrip("\n"))


def files_of_example(name: str) -> list[Example]:
    """Return every file of an example; WorkbookError if it has none."""
    folder = EXAMPLES / name
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    found = [example_named(path.relative_to(EXAMPLES).as_posix()) for path in files]
    if not found:
        raise WorkbookError(f"docs/going-further/examples/{name}/ holds no file.")
    return found
