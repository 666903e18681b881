"""Standard output: for a verb that must end well even when its terminal is gone, and in colour."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable
from typing import Protocol

from workbook.runtime.readable import keep_output_readable

# In UTF-8 at most as many bytes as POSIX has every pipe take at once that takes anything: 512.
PIECE_CHARACTERS = 128
LOOK_SECONDS = 0.1
# A reader that takes nothing for so long does not hold up an end that was asked for.
READER_SECONDS = 1.0


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
    """Writes to standard output; once that is gone, drops what is written and sets `lost`.

    Gone is also a reader that stalls, such as `less`, once `is_stopping` tells that the verb was
    asked to end (not on Windows, which can't tell whether a pipe is full).
    """

    def __init__(self, is_stopping: Callable[[], bool] = lambda: False) -> None:
        self.lost = False
        self._is_stopping = is_stopping
        self._unsent = ""
        keep_output_readable()  # logs may hold what the terminal does not know

    def say(self, text: str) -> None:
        """Write a line and send it off."""
        self.write(f"{text}\n")
        self.flush()

    def write(self, text: str) -> None:
        """Keep `text` for `flush`."""
        # Not in sys.stdout: what is still in that has to be sent off before Python exits.
        self._unsent += text

    def flush(self) -> None:
        """Send off what was written, unless the terminal is gone."""
        try:
            while self._unsent and not self.lost:
                if not self._takes_more():
                    self._lose()
                piece = self._unsent[:PIECE_CHARACTERS]
                self._unsent = self._unsent[PIECE_CHARACTERS:]
                sys.stdout.write(piece)
                sys.stdout.flush()
        except OSError:
            self._lose()

    def _takes_more(self) -> bool:
        """Wait until the reader takes more; False for one that stalls while the verb is to end."""
        if os.name == "nt":
            return True
        left = READER_SECONDS
        while not select.select([], [sys.stdout.fileno()], [], LOOK_SECONDS)[1]:
            left -= LOOK_SECONDS if self._is_stopping() else 0
            if left < 0:
                return False
        return True

    def isatty(self) -> bool:
        """Tell whether a person looks at it, so that colours make sense."""
        return not self.lost and sys.stdout.isatty()

    def _lose(self) -> None:
        self.lost, self._unsent = True, ""
        # Python flushes standard output when it exits; that must not fail a second time.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
