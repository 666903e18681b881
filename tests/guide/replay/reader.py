"""A reader who follows a page, block by block, and complains where it does not hold."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Error

from tests.guide.replay.desk import STAYING, Desk, staying_name
from tests.guide.replay.eyes import Eyes
from tests.guide.replay.hands import Hands
from tests.guide.replay.mishaps import Mishap
from tests.guide.replay.reading import Block
from tests.guide.replay.refreshing import Correction, refreshed
from tests.guide.replay.sentences import NUMBERS, deeds_of, unknown_request
from tests.guide.replay.server import Server
from tests.guide.replay.tabs import Tabs
from tests.guide.replay.terminals import Terminal
from tests.guide.replay.turns import COMMAND, PYTHON, Turn, turns_of

COMMAND_SECONDS = 150
LOOK_SECONDS = 25
PASSWORD = "a-readers-own-47"
EVERYTHING = ("worker", "beat", "web server", "run", "Redis")
# What a page leaves to its reader's own mind: the replay looks at what the check says of it.
EXERCISE = "Your turn"
CALLED = {"Django": "web server", "everything": "", "`python3 workbook run`": "run"}


@dataclass
class Reader:
    """Reads in the workbook at `root`, with a home folder of their own.

    One who `refreshes` notes a correction where another output was printed, and reads on.
    """

    root: Path
    home: Path
    refreshes: bool = False
    corrections: list[Correction] = field(default_factory=list)
    eyes: Eyes = field(default_factory=Eyes)
    tabs: Tabs = field(default_factory=Tabs)
    login: str = ""

    def __post_init__(self) -> None:
        self.desk = Desk(self.root, self.home)
        self.hands = Hands(self.root / "work")
        self.server = Server(self.desk)
        self._line = 0  # of the page, where the block at hand begins
        self._is_exercise = False
        self._heard = ""  # the prose since the last block of code
        self._marks: dict[Terminal, int] = {}

    def follow(self, block: Block) -> None:
        """Do what a block asks for; a Mishap says what went another way."""
        if block.kind == "heading":
            self._heard = ""
            self._is_exercise = block.text == EXERCISE
        elif self._is_exercise and block.kind != "text":
            return
        elif block.kind == "prose":
            try:
                self._obey(block.text)
            except Error as problem:
                raise Mishap(f"the browser can't do this: {problem}") from problem
            self._heard += f" {block.text}"
        else:
            self._line = block.line
            self._handle(block)
            self._heard = ""

    def close(self) -> None:
        """Put everything away."""
        self.tabs.close()
        self.desk.close()

    def _handle(self, block: Block) -> None:
        if block.kind in ("console", "pycon"):
            for turn in turns_of(block.lines):
                self._type(turn)
            if "bin/activate" in block.text:
                self.desk.preparation = [turn.typed for turn in turns_of(block.lines)][:2]
        elif block.kind == "text":
            self._look(block.lines)
        elif block.kind == "listing":
            self.hands.put(block.title, block.caption, block.text)
            self.server.edited(self.hands.folder / block.title)
        elif block.kind == "diff":
            self._mark()
            self.hands.apply(block.title, block.caption, block.text, "@@" in block.text)
            self.server.edited(self.hands.folder / block.title)
        elif block.kind == "table" and block.rows[0] == ("field", "value"):
            self.tabs.fill(block.rows[1:])

    # What is typed.

    def _type(self, turn: Turn) -> None:
        kinds: dict[str, Callable[[Turn], None]] = {
            COMMAND: self._type_command,
            PYTHON: self._type_python,
        }
        if turn.prompt not in kinds:
            raise Mishap(f"“{turn.shown[0]}” stands below no prompt", turn.line)
        if turn.typed.startswith("curl "):
            self.server.settle()
        self._mark()
        kinds[turn.prompt](turn)

    def _type_command(self, turn: Turn) -> None:
        in_the_workbook = "workbook's folder" in self._heard.replace("’", "'")
        terminal = self.desk.terminal(in_the_workbook)
        stays = staying_name(turn.typed)
        terminal.command = turn.typed
        mark = terminal.type(self.eyes.real(turn.typed))
        if "createsuperuser" in turn.typed:
            self._answer(terminal, turn)
        if stays:
            self._expect_start(terminal, mark, turn)
            return
        if not terminal.wait(lambda: terminal.is_idle, COMMAND_SECONDS):
            raise Mishap(f"this does not end:\n{terminal.since(mark)[-2000:]}", turn.line)
        self._compare(turn, terminal.since(mark), to_its_end=True)

    def _type_python(self, turn: Turn) -> None:
        terminal = self.desk.running("shell")
        terminal.wait(lambda: terminal.asks_for_python, COMMAND_SECONDS)
        mark = terminal.type(turn.typed)
        terminal.wait(lambda: terminal.asks_for_python or terminal.is_idle, COMMAND_SECONDS)
        self._compare(turn, terminal.since(mark), to_its_end=True)

    def _expect_start(self, terminal: Terminal, mark: int, turn: Turn) -> None:
        """Wait until a process that stays has said what the page shows."""
        if not turn.shown:
            raise Mishap("the page does not show what this prints when it is ready", turn.line)

        def is_there() -> bool:
            return self.eyes.compare(turn.shown, terminal.since(mark), start=True) is None

        terminal.wait(lambda: is_there() or terminal.is_idle, LOOK_SECONDS)
        self._compare(turn, terminal.since(mark), to_its_end=False)
        if terminal.is_idle:
            raise Mishap(f"this ends by itself:\n{terminal.since(mark)}", turn.line)

    def _answer(self, terminal: Terminal, turn: Turn) -> None:
        """Answer the questions of a command as the page shows it."""
        for question, _, answer in (line.partition(":") for line in turn.shown if ":" in line):
            asked = question.split("…")[0]
            if not terminal.wait(lambda asked=asked: _asks(terminal, asked), LOOK_SECONDS):
                raise Mishap(f"it does not ask for “{question}”:\n{terminal.shown[-600:]}")
            if question.startswith("Username"):
                self.login = answer.strip()
            terminal.type(PASSWORD if question.startswith("Password") else answer.strip())

    def _compare(self, turn: Turn, printed: str, to_its_end: bool) -> None:
        difference = self.eyes.compare(turn.shown, printed, start=True, end=to_its_end)
        if difference and not self._corrected(turn, printed, True, to_its_end):
            raise Mishap(difference.what, turn.line + 1 + difference.line)

    def _corrected(self, turn: Turn, printed: str, start: bool, end: bool) -> bool:
        """Note what the page should show, if that is wanted; tell whether it holds then."""
        if not self.refreshes:
            return False
        lines = refreshed(turn.shown, printed, start, end)
        line = self._line + turn.line + 1
        self.corrections.append(Correction(line, len(turn.shown), lines))
        return self.eyes.compare(lines, printed, start, end) is None

    # What is looked at.

    def _look(self, shown: list[str]) -> None:
        """Wait until some terminal, or a tab of the browser, shows the lines."""
        until = time.monotonic() + LOOK_SECONDS
        while True:
            screens = [one.since(self._marks.get(one, 0)) for one in self.desk.terminals]
            screens += self.tabs.texts()
            differences = [self.eyes.compare(shown, screen) for screen in screens]
            if None in differences:
                return
            if time.monotonic() > until:
                break
            time.sleep(0.2)
        if not differences:
            raise Mishap("nothing runs that could have printed this")
        # Among equals the browser, whose texts come last.
        at = max(reversed(range(len(screens))), key=lambda at: differences[at].line)
        if not self._corrected(Turn("", "", -1, shown), screens[at], False, False):
            raise Mishap(differences[at].what, differences[at].line)

    def _mark(self) -> None:
        """Remember what the terminals show: what comes now follows from the next deed."""
        self._marks = {one: one.mark for one in self.desk.terminals}

    # What the sentences ask for.

    def _obey(self, prose: str) -> None:
        if unknown := unknown_request(prose):
            raise Mishap(f"the replay does not know how to do this (sentences.py): “{unknown}”")
        deeds = list(deeds_of(prose))
        if deeds:
            self._mark()
        for deed in deeds:
            getattr(self, f"_do_{deed.name}")(*deed.words)

    def _do_open(self, address: str, number: str) -> None:
        self.server.settle()
        many = NUMBERS.get(number, 1)
        self.tabs.open(self.eyes.real(address), many if number.startswith("a ") else 1, many)

    def _do_press(self, name: str) -> None:
        self.server.settle()
        self.tabs.press(name)

    def _do_clear(self, name: str) -> None:
        self.tabs.set_box(name, ticked=False)

    def _do_tick(self, name: str) -> None:
        self.tabs.set_box(name, ticked=True)

    def _do_log_in(self) -> None:
        self.tabs.log_in(self.login, PASSWORD)

    def _do_reload(self, what: str) -> None:
        self.server.settle()
        self.tabs.reload(every=what == "every tab")

    def _do_forget(self, cookie: str) -> None:
        self.tabs.forget(cookie)

    def _do_stop(self, whom: str) -> None:
        if whom == "everything":
            names = [name for name in EVERYTHING if self.desk.runs(name)]
        else:
            names = [name for name in STAYING if name in whom]
            names.sort(key=whom.index)
            names += [name for called, name in CALLED.items() if name and called in whom]
        if not names:
            raise Mishap(f"nothing that could be stopped is called “{whom}”")
        for name in names:
            self.desk.stop(name)

    def _do_leave(self) -> None:
        terminal = self.desk.running("shell")
        terminal.type("exit()")
        terminal.wait(lambda: terminal.is_idle, LOOK_SECONDS)

    def _do_undo(self) -> None:
        for path in self.hands.undo():
            self.server.edited(path)

    def _do_wait(self, seconds: str) -> None:
        time.sleep(int(seconds))

    def _do_terminal(self) -> None:
        """Nothing: the desk has one as soon as a command needs it."""

    def _do_see(self, _who: str, words: str) -> None:
        until = time.monotonic() + LOOK_SECONDS
        while not all(words in text for text in self.tabs.texts()):
            if time.monotonic() > until:
                raise Mishap(f"not every tab says “{words}”: {self.tabs.texts()}")
            time.sleep(0.2)


def _asks(terminal: Terminal, question: str) -> bool:
    last = terminal.shown.rpartition("\n")[2]
    return last.startswith(question) and last.rstrip().endswith(":")
