"""A reader on Windows, who types a page's commands in `cmd` and copies its listings."""

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from tests.guide.replay.editing.editor import Editor
from tests.guide.replay.output.matcher import Matcher
from tests.guide.replay.page.blocks import Block, Page
from tests.guide.replay.page.console import COMMAND, Turn
from tests.guide.replay.page.instructions import deeds_of
from tests.windows.clone import Clone
from tests.windows.tabs import turns_in_block
from workbook.projects.copying import copy_project

SECONDS = 400
# What `activate` does. Wine's cmd knows no code page in which it could read that file's umlauts.
ACTIVATE = r'set "PATH=%CD%\..\.venv\Scripts;%PATH%"'
SHELL = "py workbook shell"
DOTS = "…"
PID_FILE = "worker.pid"
# What goes on until somebody ends it, what asks something of it, and what asks its reader. `run`
# and the checks start the same, and have tests of their own.
NEEDS_MORE = re.compile(
    r"workbook (redis|run|check|shell)|^celery |^curl |send_task|\.delay\(|redis\.exists|cache\.get"
    r"|manage\.py (runserver|createsuperuser|shell$)"
)
IN_THE_WORKBOOK = re.compile(r"^python3 workbook ")


@dataclass
class PageReader:
    """Follows a page in a clone: its files, and what it lets one type that ends by itself."""

    clone: Clone
    typed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.work = self.clone.folder / "work"
        self._editor = Editor(self.work)
        self._matcher = Matcher()

    def follow(self, page: Page) -> None:
        """Do what each block asks for. A Mishap or an AssertionError says what fails."""
        for block in page.blocks:
            if block.kind == "console":
                self._type(turns_in_block(block.text))
            elif block.kind == "prose":
                self._obey(block.text)
            else:
                self._edit(block)

    def _obey(self, prose: str) -> None:
        for deed in deeds_of(prose):
            if deed.name == "undo":
                self._editor.undo()
            elif deed.name == "instead":
                self._editor.instead[deed.words[0]] = deed.words[1]

    def _edit(self, block: Block) -> None:
        if block.kind == "listing":
            self._editor.put(block.title, block.caption, block.text)
        elif block.kind == "change":
            self._editor.change(block.title, block.caption, block.text)
        elif block.kind == "diff":
            for_good = "@@" in block.text
            self._editor.apply(block.title, block.caption, block.text, for_good)

    def _type(self, turns: Sequence[Turn]) -> None:
        if any(line.typed.startswith("taskkill ") for line in turns):
            kill_a_worker(self.clone, [turn.typed for turn in turns])
            self.typed += [turn.typed for turn in turns]
            return
        for folder, some in _by_folder([turn for turn in turns if _ends_by_itself(turn)]):
            lines = [turn.typed.replace("python3 ", "py ", 1) for turn in some]
            before = [SHELL] if folder == "work" else []
            said = typed(self.clone, [*before, *lines], ".")[len(before) :]
            for turn, printed in zip(some, said, strict=True):
                self.typed.append(turn.typed)
                plain = printed.replace("\\", "/")  # pages show paths as they are elsewhere
                difference = self._matcher.compare(turn.shown, plain, start=True, end=True)
                assert difference is None, f"{turn.typed}\n{difference.what}"


def _ends_by_itself(turn: Turn) -> bool:
    return turn.prompt == COMMAND and not NEEDS_MORE.search(turn.typed)


def _by_folder(turns: Sequence[Turn]) -> Iterator[tuple[str, list[Turn]]]:
    """Yield the turns that are typed in one folder of the clone, and that folder."""
    for is_above, some in groupby(turns, lambda turn: bool(IN_THE_WORKBOOK.match(turn.typed))):
        yield ("." if is_above else "work"), list(some)


def project_texts(project: Path) -> dict[str, str]:
    """Return the text of each file that belongs to a project, whichever way its lines end."""
    with tempfile.TemporaryDirectory() as temporary:
        copy_project(project, copy := Path(temporary) / "project")
        return texts(copy)


def typed(clone: Clone, lines: Sequence[str], folder: str) -> list[str]:
    """Type lines in `cmd`, and return what each printed."""
    file = clone.folder / "typed.json"
    file.write_text(json.dumps(list(lines)), encoding="utf-8")
    done = clone.scenario("typed", file.name, folder, seconds=SECONDS)
    assert done.succeeded, done.text
    said: list[str] = json.loads(file.with_suffix(".out").read_text(encoding="utf-8"))
    return said


def kill_a_worker(clone: Clone, lines: Sequence[str]) -> list[str]:
    """Type what kills a worker, with the number of one in the place of the dots."""
    start = (
        "import pathlib, subprocess, sys; "
        "one = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
        f"pathlib.Path('{PID_FILE}').write_text(str(one.pid))"
    )
    number = f"for /f %i in ({PID_FILE}) do set NUMBER=%i"
    asked = "import os, psutil; print(psutil.pid_exists(int(os.environ['NUMBER'])))"
    said = typed(
        clone,
        [
            ACTIVATE,
            f'python -c "{start}"',
            number,
            f'python -c "{asked}"',
            *(line.replace(DOTS, "%NUMBER%") for line in lines),
            f'python -c "{asked}"',
        ],
        "work",
    )
    assert "True" in said[3], "it was there before"
    assert "False" in said[-1], "it goes on after it was killed"
    return said[4:-1]


def texts(folder: Path) -> dict[str, str]:
    """Return the text of each file of a project, without what a run leaves."""
    names = {path for path in folder.rglob("*") if path.is_file()}
    noise = ("db.sqlite3", ".pyc")
    kept = (path for path in names if not any(part in path.name for part in noise))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in kept}
