"""Which processes are in a folder, or hold a file in it open, as far as the system tells."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class FolderUser:
    """A process: the folder that it is in and the files that it has open, relative to the one.

    `is_caller`: it belongs to the command that asks. Those are this process, its parents, and on
    POSIX what it is piped into by the same line.
    """

    pid: int
    name: str
    words: tuple[str, ...]  # of its command line
    folder: Path | None
    files: tuple[Path, ...]
    is_caller: bool


def users_of(folder: Path) -> list[FolderUser]:
    """Return the processes that use `folder` or what is below it.

    Processes that may not be looked at, such as another user's, are left out.
    """
    real, callers = folder.resolve(), _callers()
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            inside, files = _relative(process.cwd(), real), _open_files(process, real)
            if inside is not None or files:
                name, words = process.name(), tuple(process.cmdline())
                is_caller = process.pid in callers
                found.append(FolderUser(process.pid, name, words, inside, files, is_caller))
    return found


def processes_in(folder: Path, is_wanted: Callable[[Sequence[str]], bool]) -> list[psutil.Process]:
    """Return the processes that are in `folder` or below it, of those with a wanted command line.

    Cheaper than `users_of`: of all others nothing but their command line is looked at.
    """
    real, found = folder.resolve(), []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if is_wanted(process.cmdline()) and _relative(process.cwd(), real) is not None:
                found.append(process)
    return found


def _open_files(process: psutil.Process, folder: Path) -> tuple[Path, ...]:
    if os.name == "nt":
        return ()  # asking for them may hang there; who removes an open file is told by an error
    opened = [_relative(file.path, folder) for file in process.open_files()]
    return tuple(sorted({path for path in opened if path is not None}))


def _relative(path: str, folder: Path) -> Path | None:
    """Return `path` relative to `folder`, None where it is not below it."""
    inside = path and Path(path).is_relative_to(folder)
    return Path(path).relative_to(folder) if inside else None


def _callers() -> set[int]:
    this = psutil.Process()
    found = {this.pid, *(parent.pid for parent in this.parents())}
    if sys.platform != "win32":
        group = os.getpgid(0)
        # Typed at a prompt, a line has a group of its own; a script and all it starts share one.
        if os.getpgid(os.getppid()) != group:
            found |= {pid for pid in psutil.pids() if _group_of(pid) == group}
    return found


def _group_of(pid: int) -> int | None:
    if sys.platform != "win32":
        with suppress(OSError):
            return os.getpgid(pid)
    return None
