"""Locks on files that the system lets go when their holder ends, however it ends."""

from __future__ import annotations

import errno
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

# How a system says that another has the lock. What else it says, waiting does not cure.
HELD = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES)


def try_lock(path: Path) -> IO[bytes] | None:
    """Take the lock `path` and return the open file that holds it, or None if another has it.

    Closing the file lets the lock go. Raises WorkbookError where the file system has no locks.
    """
    file = path.open("ab")
    try:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        if _is_held(error):
            return None
        raise WorkbookError(
            f"The workbook locks files in {path.parent}, and the file system there has no locks: "
            f"{error.strerror}. Put the workbook on a local disk, then call again."
        ) from error
    return file


def try_lock_byte(file: IO[bytes], place: int) -> bool:
    """Take the lock of the byte at `place` of an open, unbuffered file; False if another has it.

    The process keeps it until it ends, or closes the file in whatever place. On POSIX a second
    call by the same process succeeds. Raises OSError where the file system has no locks.
    """
    try:
        if sys.platform == "win32":
            file.seek(place)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
    except OSError as error:
        if _is_held(error):
            return False
        raise
    return True


def _is_held(error: OSError) -> bool:
    # Windows' C library fails for no other reason here, and Wine's does not name it.
    return sys.platform == "win32" or error.errno in HELD


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
