"""What a person sees: on a terminal the first ✗ alone, else run after run."""

import shutil
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from checks.reporting.events import Event, Told
from checks.reporting.formatting import block, wrapped
from checks.reporting.guide_links import as_link
from checks.verdicts import HOLDS, NOT_YET
from checks.watch.history import Result
from workbook.runtime.console import Console, understand_escapes, wants_colour

MARGIN = "  "
KEYS = "Enter checks now · h hint · a all verdicts · q quit"
BOLD, DIM, RED, GREEN, YELLOW, ALARM, PLAIN = "1", "2", "1;31", "1;32", "33", "1;97;41", ""
MOST_NAMED = 3
UNPROVEN = "·"
LEGEND = f"{UNPROVEN} held when first asked. It is ticked once all the others hold."


@dataclass(frozen=True)
class Line:
    """A line to show, with the codes of its look."""

    text: str
    look: str = PLAIN


class Screen:
    """Shows lines in place of those before on a terminal, else below them; `headline` is on top."""

    def __init__(self, headline: str, has_keys: bool) -> None:
        self._console = Console()
        self._headline, self._has_keys = headline, has_keys
        self._shown: list[Line] = []
        self._status = ""
        self.is_terminal = self._console.isatty()
        self._has_colours = wants_colour(self._console)
        if self.is_terminal:
            understand_escapes()

    @property
    def is_lost(self) -> bool:
        """Whether nobody can see anything any more."""
        return self._console.lost

    @property
    def width(self) -> int:
        """How many columns there are."""
        return shutil.get_terminal_size().columns

    def open(self) -> None:
        """Say what goes on, once."""
        end = "" if self._has_keys else " Ctrl-C ends it."
        if self.is_terminal:
            self._redraw()
        else:
            self._say(Line(f"{self._headline}, on every save.{end}"))

    def happened(self, event: Event) -> None:
        """Do nothing with an event: whoever reads has the lines."""

    def saw(self, paths: Sequence[Path], folder: Path) -> None:
        """Say at once that a save was seen."""
        names = [path.relative_to(folder).as_posix() for path in paths[:MOST_NAMED]]
        more = f" and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else ""
        self.status(f"{_clock()} saw {', '.join(names)}{more}", is_kept=True)

    def status(self, text: str, *, is_kept: bool = False) -> None:
        """Say what goes on; without a terminal only what `is_kept`."""
        if self.is_terminal:
            self._status = text
            self._draw_status()
        elif is_kept:
            self._say(Line(text))

    def show(self, lines: Iterable[Line]) -> None:
        """Show `lines`: in place of the former ones, where there is a terminal."""
        new = list(lines)
        if self.is_terminal:
            self._shown = new
            self._redraw()
        else:
            for line in new:
                self._say(line)

    def close(self) -> None:
        """Leave the terminal as a prompt likes it."""
        if self.is_terminal:
            self._console.write("\r\x1b[K")
            self._console.flush()

    def _redraw(self) -> None:
        self._console.write("\x1b[H\x1b[2J")
        self._write(Line(self._headline, BOLD))
        self._console.write("\n")
        for line in self._shown:
            self._write(line)
        self._console.write("\n")
        self._draw_status()

    def _draw_status(self) -> None:
        # The last line, without an end: it is written over.
        keys = KEYS if self._has_keys else "Ctrl-C ends it"
        room = self.width - 1
        text = f"{self._status} · {keys}" if self._status else keys
        text = text if len(text) <= room else self._status or text
        self._console.write(f"\r\x1b[K{text[:room]}")
        self._console.flush()

    def _say(self, line: Line) -> None:
        self._write(line)
        self._console.flush()

    def _write(self, line: Line) -> None:
        coloured = self._has_colours and line.look and line.text
        self._console.write(
            f"\x1b[{line.look}m{line.text}\x1b[0m\n" if coloured else f"{line.text}\n"
        )

    # What the lines are made of

    def cross(self, told: Told, broke: bool) -> list[Line]:
        """Return a ✗, or a – without one, with all that it says; loud for what held before."""
        mark, look = f"{told.mark} ", (YELLOW if told.mark != NOT_YET else BOLD)
        lines = []
        if broke:
            lines += [Line(f"{MARGIN} IT HELD BEFORE ", ALARM), Line("")]
            look = RED
        title = f"{told.title}: {told.reason}" if told.reason else told.title
        texts = wrapped(title, self.width, first=MARGIN + mark, other=f"{MARGIN}  ")
        lines += [Line(text, look) for text in texts]
        if told.not_yet:
            lines.append(Line(""))
            for label, text in block(told.not_yet, self.width):
                is_place = self._has_colours and label.strip() == "guide"
                lines.append(Line(f"{label}{as_link(text) if is_place else text}".rstrip()))
        return [Line(""), *lines, Line("")]

    def text(self, text: str, look: str = PLAIN) -> list[Line]:
        """Return a sentence, wrapped."""
        return [Line(one, look) for one in wrapped(text, self.width, first=MARGIN, other=MARGIN)]

    def verdicts(self, result: Result) -> list[Line]:
        """Return a line for each verdict; what waits for another check says no more than that.

        What held when it was first asked has no tick until all of them hold.
        """
        looks = {HOLDS: PLAIN, NOT_YET: RED, UNPROVEN: DIM}
        marks = dict.fromkeys(result.unproven, UNPROVEN)
        lines = [
            Line(text, looks.get(marks.get(one.id, one.mark), YELLOW))
            for one in result.verdicts
            for text in wrapped(
                f"{one.title}: {one.reason}" if one.reason and not one.waits else one.title,
                self.width,
                first=f"{MARGIN}{marks.get(one.id, one.mark)} ",
                other=f"{MARGIN}  ",
            )
        ]
        return [*lines, Line(""), *self.text(LEGEND)] if marks else lines


def _clock() -> str:
    return time.strftime("%H:%M:%S")
