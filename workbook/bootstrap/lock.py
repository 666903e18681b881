"""The lock by which two first calls take turns at `.venv`; Pipfile.lock is no part of it.

Signals unwind what they interrupt. Plain standard library.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.runtime.file_locks import try_lock
from workbook.runtime.signals import handled
from workbook.runtime.waiting import wait_until

LONGEST_WAIT = 20 * 60  # seconds


@contextmanager
def taking_turns(path: Path, longest_wait: float = LONGEST_WAIT) -> Iterator[int]:
    """Hold the lock file `path` for the block; yield its handle, which a child may be given.

    Says once that it waits. Raises WorkbookError after `longest_wait` seconds.
    """
    file = try_lock(path)
    if file is None:
        print("Another call is setting up the environment; waiting for it.", flush=True)
        file = wait_until(lambda: try_lock(path), longest_wait, pause_seconds=0.2)
    if file is None:
        raise WorkbookError(
            f"Another call has been setting up the environment for {longest_wait:.0f} s.\n"
            "End it (a pip or uv that is still running), then call again."
        )
    with file:
        yield file.fileno()


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP (a closed terminal) unwind the block as Ctrl-C does."""
    numbers = [signal.SIGTERM]
    # nohup ignores SIGHUP on purpose.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)

    def leave(number: int, frame: object) -> None:
        sys.exit(128 + number)

    with handled(dict.fromkeys(numbers, leave)):
        yield
