"""What a reader types: commands for bash, lines for Django's shell, and answers to questions."""

from dataclasses import dataclass

from tests.guide.replay.errors import Mishap
from tests.guide.replay.page.console import COMMAND, PYTHON, Turn
from tests.guide.replay.reader.session import LOOK_SECONDS, PASSWORD, Session
from tests.guide.replay.reader.terminal import Terminal
from tests.guide.replay.reader.terminals import SHELL, staying_name

# The dearest is a check with six ✗, each of which waits longer where the machine is busy.
COMMAND_SECONDS = 420
# What a check says where the machine was too busy to tell: its reader does so.
AGAIN = "Try again."


@dataclass
class Commands:
    """Types the lines of console blocks, and compares what is printed with what the page shows."""

    session: Session

    def type(self, turn: Turn, heard: str) -> None:
        """Type one line; `heard` is the prose before, which may say where."""
        if turn.typed.startswith("curl "):
            self.session.server.settle()
        self.session.mark()
        if turn.prompt == COMMAND:
            self._type_command(turn, "workbook's folder" in heard.replace("’", "'"))
        elif turn.prompt == PYTHON:
            self._type_python(turn)
        else:
            raise Mishap(f"“{turn.shown[0]}” stands below no prompt", turn.line + 1)

    def _type_command(self, turn: Turn, in_the_workbook: bool) -> None:
        terminal = self.session.terminals.terminal(in_the_workbook)
        terminal.command = turn.typed
        mark = terminal.type(self.session.proofs.matcher.real(turn.typed))
        if "createsuperuser" in turn.typed:
            self._answer(terminal, turn)
        if staying_name(turn.typed):
            self._expect_start(terminal, mark, turn)
            return
        printed = self._finish(terminal, mark, turn)
        if AGAIN in " ".join(printed.split()):
            printed = self._finish(terminal, terminal.type(terminal.command), turn)
        self._require(turn, printed, end=True)
        if turn.typed.startswith("kill "):
            # A person sees that it is gone. One that is not quite takes the next message along.
            terminals = self.session.terminals
            if not terminal.wait(lambda: not terminals.runs("worker"), LOOK_SECONDS):
                raise Mishap("the worker goes on after it was killed", turn.line)
        if SHELL.search(turn.typed):
            self.session.terminals.entered(terminal, turn.typed)

    def _finish(self, terminal: Terminal, mark: int, turn: Turn) -> str:
        """Wait until the command has ended, and return what it printed."""
        if not terminal.wait(lambda: terminal.is_idle, COMMAND_SECONDS):
            raise Mishap(f"this does not end:\n{terminal.since(mark)[-2000:]}", turn.line)
        return terminal.since(mark)

    def _type_python(self, turn: Turn) -> None:
        terminal = self.session.terminals.running("shell")
        terminal.wait(lambda: terminal.asks_for_python, COMMAND_SECONDS)
        mark = terminal.type(turn.typed)
        terminal.wait(lambda: terminal.asks_for_python or terminal.is_idle, COMMAND_SECONDS)
        self._require(turn, terminal.since(mark), end=True)

    def _expect_start(self, terminal: Terminal, mark: int, turn: Turn) -> None:
        """Wait until a process that keeps running has said what the page shows."""
        if not turn.shown:
            raise Mishap("the page does not show what this prints when it is ready", turn.line)
        matcher = self.session.proofs.matcher

        def is_there() -> bool:
            return matcher.compare(turn.shown, terminal.since(mark), start=True) is None

        terminal.wait(lambda: is_there() or terminal.is_idle, LOOK_SECONDS)
        self._require(turn, terminal.since(mark), end=False)
        if terminal.is_idle:
            raise Mishap(f"this ends by itself:\n{terminal.since(mark)}", turn.line)

    def _answer(self, terminal: Terminal, turn: Turn) -> None:
        """Answer the questions of a command as the page shows it."""
        for question, _, answer in (line.partition(":") for line in turn.shown if ":" in line):
            asked = question.split("…")[0]
            if not terminal.wait(lambda asked=asked: _asks(terminal, asked), LOOK_SECONDS):
                raise Mishap(f"it does not ask for “{question}”:\n{terminal.shown[-600:]}")
            if question.startswith("Username"):
                self.session.login = answer.strip()
            terminal.type(PASSWORD if question.startswith("Password") else answer.strip())

    def _require(self, turn: Turn, printed: str, end: bool) -> None:
        self.session.proofs.require(turn.shown, turn.line + 1, printed, end)


def _asks(terminal: Terminal, question: str) -> bool:
    last = terminal.shown.rpartition("\n")[2]
    return last.startswith(question) and last.rstrip().endswith(":")
