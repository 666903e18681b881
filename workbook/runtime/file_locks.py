"""Locks on files that the system lets go when their holder ends, however it ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from workbook.errors import WorkbookError
from workbook.runtime.waiting import wait_until

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


def try_lock_byte(file: IO[bytes], place: int) -> bool:
    """Take the lock of the byte at `place` of an open, unbuffered file; False if another has it.

    The process keeps it until it ends, or closes the file in whatever place. On POSIX a second
    call by the same process succeeds.
    """
    try:
        if sys.platform == "win32":
            file.seek(place)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
    except OSError:
        return False
    return True


@contextmanager
def locked(path: Path, within_seconds: float) -> Iterator[None]:
    """Hold the lock `path` inside the block. Raises WorkbookError if another keeps it too long."""
    file = wait_until(lambda: try_lock(path), within_seconds)
    if file is None:
        raise WorkbookError(
            f"Another call of the workbook has held {path} for {within_seconds:.0f} seconds. "
            "End it, then try again."
        )
    with file:
        yield
