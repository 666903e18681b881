"""A lock that says that a terminal watches `work/`: the guide needs no second watcher then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from workbook.paths import STATE
from workbook.runtime.file_locks import try_lock
from workbook.runtime.waiting import wait_until

NAME = "watch.lock"
ASKED_SECONDS = 0.2  # the guide holds it for a moment when it asks


@contextmanager
def watching_in_terminal(state: Path = STATE) -> Iterator[None]:
    """Hold the lock inside the block. That another terminal has it is no hindrance."""
    with ExitStack() as stack:
        with suppress(OSError):
            state.mkdir(exist_ok=True)
            if file := wait_until(lambda: try_lock(state / NAME), ASKED_SECONDS):
                stack.enter_context(file)
        yield


def is_watched_in_terminal(state: Path = STATE) -> bool:
    """Tell whether a terminal watches."""
    try:
        file = try_lock(state / NAME)
    except OSError:
        return False
    if file:
        file.close()
    return file is None
