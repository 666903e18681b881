"""The screen of `check --watch` for a program, such as the guide: the lines of `events`."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from checks.reporting.events import Event, to_line
from checks.watch.screen import Line, Screen


class EventLines(Screen):
    """Passes on every event, and shows nothing to a person."""

    def __init__(self) -> None:
        super().__init__("", has_keys=False)
        self.is_terminal = False

    def happened(self, event: Event) -> None:
        """Send an event off at once."""
        self._console.write(f"{to_line(event)}\n")
        self._console.flush()

    def open(self) -> None:
        """Say nothing."""

    def saw(self, paths: Sequence[Path], folder: Path) -> None:
        """Say nothing."""

    def status(self, text: str, *, is_kept: bool = False) -> None:
        """Say nothing."""

    def show(self, lines: Iterable[Line]) -> None:
        """Say nothing."""
