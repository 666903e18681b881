"""Says what a check is waiting for, where a person looks on.

A reporter adds a display; the harness says what it awaits, and knows no reporter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

# What shows a text during a block, such as the reporter's status line: one for each run that goes
# on. The last one is written to.
displays: list[Callable[[str], AbstractContextManager[None]]] = []


@contextmanager
def awaiting(what: str) -> Iterator[None]:
    """Say “waiting for `what` …” during the block, where a person looks on. `what`: “the page”."""
    with displays[-1](f"waiting for {what} …") if displays else nullcontext():
        yield
