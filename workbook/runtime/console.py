"""Standard output: for a verb that must end well even when its terminal is gone, and in colour."""

from __future__ import annotations

import os
import sys
from typing import Protocol

from workbook.runtime.readable import keep_output_readable


class Stream(Protocol):
    """What is written to, such as standard output."""

    def isatty(self) -> bool:
        """Tell whether it is a terminal."""


def wants_colour(stream: Stream) -> bool:
    """Tell whether it goes to a terminal that shows colours, and whose user wants them."""
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    if is_plain or not stream.isatty():
        return False
    understand_escapes()
    return True


def understand_escapes() -> None:
    """Let a console of Windows understand colours and moves of the cursor, as terminals do."""
    if os.name == "nt":
        from colorama import just_fix_windows_console

        just_fix_windows_console()


class Console:
    """Writes to standard output; once that is gone, drops what is written and sets `lost`."""

    def __init__(self) -> None:
        self.lost = False
        keep_output_readable()  # logs may hold what the terminal does not know

    def say(self, text: str) -> None:
        """Write a line and send it off."""
        self.write(f"{text}\n")
        self.flush()

    def write(self, text: str) -> None:
        """Write `text`, unless the terminal is gone."""
        if not self.lost:
            try:
                sys.stdout.write(text)
            except OSError:
                self._lose()

    def flush(self) -> None:
        """Send off what was written, unless the terminal is gone."""
        if not self.lost:
            try:
                sys.stdout.flush()
            except OSError:
                self._lose()

    def isatty(self) -> bool:
        """Tell whether a person looks at it, so that colours make sense."""
        return not self.lost and sys.stdout.isatty()

    def _lose(self) -> None:
        self.lost = True
        # Python flushes standard output when it exits; that must not fail a second time.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
