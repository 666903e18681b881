"""Says what a check is waiting for, where a person looks on.

A reporter adds a display; the harness says what it awaits, and knows no reporter.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol


class Display(Protocol):
    """What can show one line for a while, such as the reporter's status line."""

    def showing(self, text: str) -> AbstractContextManager[None]:
        """Show `text` during the block."""


# The displays of the runs that go on; the last one is written to.
displays: list[Display] = []


@contextmanager
def awaiting(what: str) -> Iterator[None]:
    """Say “waiting for `what` …” during the block, where a person looks on. `what`: “the page”."""
    with displays[-1].showing(f"waiting for {what} …") if displays else nullcontext():
        yield
