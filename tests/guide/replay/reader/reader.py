"""A reader who follows a page, block by block, and complains where it does not hold."""

import time
from dataclasses import dataclass

from playwright.sync_api import Error

from tests.guide.replay.errors import Mishap
from tests.guide.replay.output.matcher import Difference
from tests.guide.replay.page.blocks import Block
from tests.guide.replay.page.console import turns_of
from tests.guide.replay.reader.actions import Actions
from tests.guide.replay.reader.commands import Commands
from tests.guide.replay.reader.session import LOOK_SECONDS, Session

# What a page leaves to its reader's own mind; what the check says of it is looked at all the same.
EXERCISE, OPEN = "Your turn", "☆"
FORM = ("field", "value")


@dataclass
class Reader:
    """Goes through the blocks of a page in their order."""

    session: Session

    def __post_init__(self) -> None:
        self._commands = Commands(self.session)
        self._actions = Actions(self.session)
        self._heard = ""  # the prose since the last block of code
        self._is_exercise = False

    def follow(self, block: Block) -> None:
        """Do what a block asks for; a Mishap says what went another way."""
        if block.kind == "heading":
            self._heard = ""
            self._is_exercise = block.text == EXERCISE
        elif self._is_exercise and not block.text.startswith(OPEN):
            return
        elif block.kind == "prose":
            self._obey(block.text)
            self._heard += f" {block.text}"
        else:
            self.session.proofs.line = block.line
            self._handle(block)
            self._heard = ""

    def _obey(self, prose: str) -> None:
        try:
            self._actions.obey(prose)
        except Error as problem:
            raise Mishap(f"the browser can't do this: {problem}") from problem

    def _handle(self, block: Block) -> None:
        if block.kind in ("console", "pycon"):
            self._type(block)
        elif block.kind == "text":
            self._look(block.lines)
        elif block.kind == "listing":
            self.session.editor.put(block.title, block.caption, block.text)
            self.session.server.edited(self.session.editor.folder / block.title)
        elif block.kind == "change":
            self.session.editor.change(block.title, block.caption, block.text)
            self.session.server.edited(self.session.editor.folder / block.title)
        elif block.kind == "diff":
            self.session.mark()
            # What a step changes comes with the places of its lines; a trial is typed without.
            for_good = "@@" in block.text
            self.session.editor.apply(block.title, block.caption, block.text, for_good)
            self.session.server.edited(self.session.editor.folder / block.title)
        elif block.kind == "table" and block.rows[0] == FORM:
            self.session.tabs.fill(block.rows[1:])

    def _type(self, block: Block) -> None:
        for turn in turns_of(block.lines):
            self._commands.type(turn, self._heard)

    def _look(self, shown: list[str]) -> None:
        """Wait until some terminal, or a tab of the browser, shows the lines."""
        until = time.monotonic() + LOOK_SECONDS
        while True:
            screens = self.session.screens()
            differences = [self.session.proofs.matcher.compare(shown, one) for one in screens]
            if None in differences:
                return
            if time.monotonic() > until:
                break
            time.sleep(0.2)
        if not screens:
            raise Mishap("nothing runs that could have printed this")
        # Among equals the browser, whose texts come last.
        at = max(reversed(range(len(screens))), key=lambda at: differences[at].line)
        what = f"{differences[at].what}\nIn the terminals:\n{self.session.describe()}"
        nearest = Difference(differences[at].line, what)
        self.session.proofs.require_on(screens[at], shown, nearest)
