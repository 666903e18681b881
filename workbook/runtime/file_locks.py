"""Locks on files that the system lets go when their holder ends, however it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from workbook.errors import WorkbookError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def try_lock(path: Path) -> IO[bytes] | None:
    """Take the lock `path` and return the open file that holds it, or None if another has it.

    Closing the file lets the lock go.
    """
    file = path.open("ab")
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


@contextmanager
def locked(path: Path, within_seconds: float) -> Iterator[None]:
    """Hold the lock `path` inside the block. Raises WorkbookError if another keeps it too long."""
    deadline = time.monotonic() + within_seconds
    while (file := try_lock(path)) is None:
        if time.monotonic() > deadline:
            raise WorkbookError(
                f"Another call of the workbook has held {path} for {within_seconds:.0f} seconds. "
                "End it, then try again."
            )
        time.sleep(0.05)
    with file:
        yield
