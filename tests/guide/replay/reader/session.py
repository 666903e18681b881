"""All that a reader has at hand: terminals, a browser, an editor, and a memory."""

from dataclasses import dataclass, field
from pathlib import Path

from tests.guide.replay.editing.editor import Editor
from tests.guide.replay.output.assertions import Proofs
from tests.guide.replay.reader.browser import Tabs
from tests.guide.replay.reader.dev_server import Server
from tests.guide.replay.reader.terminal import Terminal
from tests.guide.replay.reader.terminals import Terminals

# How long a reader looks for something that should appear by itself.
LOOK_SECONDS = 60
PASSWORD = "a-readers-own-47"


@dataclass
class Session:
    """A reader's things in the workbook at `root`, with a home folder of their own."""

    root: Path
    home: Path
    proofs: Proofs
    tabs: Tabs = field(default_factory=Tabs)
    environment: Path | None = None  # the reader's own; None: the workbook's
    login: str = "ada"  # the name for the admin; who goes on with their own work has page 01's

    def __post_init__(self) -> None:
        self.terminals = Terminals(self.root, self.home, self.environment)
        self.editor = Editor(self.root / "work")
        self.server = Server(self.terminals)
        self._marks: dict[Terminal, int] = {}

    def mark(self) -> None:
        """Remember what the terminals show: what comes now follows from the next deed."""
        self._marks = {one: one.mark for one in self.terminals.opened}

    def screens(self) -> list[str]:
        """Return what the terminals show since the mark, and then the browser's tabs."""
        shown = [one.since(self._marks.get(one, 0)) for one in self.terminals.opened]
        return shown + self.tabs.texts()

    def describe(self) -> str:
        """Return the last lines of each terminal since the mark, below the command in it."""
        shown = [(one.command, one.since(self._marks.get(one, 0))) for one in self.terminals.opened]
        lines = [f"$ {command}\n{text[-1500:].strip()}" for command, text in shown if text.strip()]
        return "\n".join(lines)

    def close(self) -> None:
        """Put everything away."""
        self.tabs.close()
        self.terminals.close()
