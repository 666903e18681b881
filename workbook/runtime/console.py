"""Standard output for a verb that must end well even when its terminal is gone."""

from __future__ import annotations

import os
import sys

from workbook.runtime.readable import keep_output_readable


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
