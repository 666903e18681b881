"""Opens a file of the project at a line, in an editor with windows of its own.

Only those that are known here are started: none of them needs a terminal.
"""

import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from docs_ext.hint.places import Place, line_of, place_named
from workbook.errors import WorkbookError
from workbook.projects.progress import Cross
from workbook.runtime.signals import APART

DEFAULT = "code"
GOTO = ("--goto", "{file}:{line}")
COLON, PLUS = ("{file}:{line}",), ("+{line}", "{file}")
LINE = ("--line", "{line}", "{file}")
# What each takes to open a file at a line.
ARGUMENTS = {
    **dict.fromkeys(("code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"), GOTO),
    **dict.fromkeys(("subl", "zed", "zeditor", "geany"), COLON),
    **dict.fromkeys(("gedit", "gnome-text-editor", "xed", "pluma", "bbedit"), PLUS),
    **dict.fromkeys(("pycharm", "pycharm64", "charm", "idea", "idea64", "kate", "mate"), LINE),
    "notepad++": ("-n{line}", "{file}"),
}


@dataclass
class Editor:
    """An editor: what calls it, and what it takes."""

    program: str
    arguments: tuple[str, ...]
    _started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def open(self, file: Path, line: int) -> None:
        """Show a file at a line, from 1. It outlives the guide. Raises OSError."""
        words = [word.format(file=file, line=line) for word in self.arguments]
        nowhere = subprocess.DEVNULL
        self._started = [one for one in self._started if one.poll() is None]
        self._started.append(
            subprocess.Popen(
                [self.program, *words], stdin=nowhere, stdout=nowhere, stderr=nowhere, **APART
            )
        )


def find_editor(named: str | None) -> Editor | None:
    """Return the editor that is named, else VS Code where it is there; None for none.

    Raises WorkbookError where the one that is named is unknown, or is not there.
    """
    name = PurePath(named or DEFAULT).name
    key = name.lower().removesuffix(".exe").removesuffix(".cmd")
    if key not in ARGUMENTS:
        raise WorkbookError(
            f"The guide opens files in an editor with windows of its own. It knows no “{name}”,"
            f" but: {', '.join(sorted(ARGUMENTS))}."
        )
    program = shutil.which(named or DEFAULT)
    if program is None:
        if named:
            raise WorkbookError(f"There is no program {named} on the PATH to open files with.")
        return None
    return Editor(program, ARGUMENTS[key])


def spot(cross: Cross, project: Path) -> tuple[Path, int] | None:
    """Return the file that a ✗ speaks of and a line in it, from 1.

    None where it names no file, or none that is in the project.
    """
    named = place_named(cross.look_at)
    for name in named.files:
        file = (project / name).resolve()
        if file.is_relative_to(project.resolve()) and file.is_file():
            return file, line_named(named, name, file)
    return None


def line_named(named: Place, name: str, file: Path) -> int:
    """Return the line that a ✗ speaks of in its file; 1 where nothing tells one."""
    if named.line and name == named.files[0]:
        return named.line
    with suppress(OSError):
        text = file.read_text(encoding="utf-8-sig", errors="replace")
        for symbol in filter(None, (named.symbol, *named.words)):
            if (at := line_of(name, text, symbol)) is not None:
                return at + 1
    return 1
