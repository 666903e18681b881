"""One at a time: a lock between processes, and signals turned into an orderly end. Standard library."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbook.errors import WorkbookError

LONGEST_WAIT = 20 * 60  # seconds


@contextmanager
def locked(path: Path, longest_wait: float = LONGEST_WAIT) -> Iterator[int]:
    """Hold the lock file `path` for the block; yield its handle, which a child may be given.

    Waits its turn, says so once, and raises WorkbookError after `longest_wait` seconds. The system
    lets go of the lock when its holder ends, however it ends.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        ends, said = time.monotonic() + longest_wait, False
        while not try_to_lock(handle):
            if not said:
                print("Another call is setting up the environment; waiting for it.", flush=True)
                said = True
            if time.monotonic() > ends:
                raise WorkbookError(
                    f"Another call has been setting up the environment for {longest_wait:.0f} s.\n"
                    "End it (a pip or pipenv that is still running), then call again."
                )
            time.sleep(0.2)
        yield handle
    finally:
        os.close(handle)


def try_to_lock(handle: int) -> bool:
    """Take the lock if nobody holds it; tell whether it is ours."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP (a closed terminal) unwind the block as Ctrl-C does."""
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in map(signal.Signals.__getitem__, names)}

    def leave(number: int, frame: object) -> None:
        sys.exit(128 + number)

    try:
        for number in before:
            signal.signal(number, leave)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
