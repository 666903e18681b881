"""Compiles the packages in `.venv` to bytecode, once: uv leaves that out.

A command of the project starts in a third of the time then. Plain standard library; it runs as a
process of its own, beside what the learner called for and with the lowest priority, whatever
PYTHONDONTWRITEBYTECODE says. One at a time, with an end, and it gives way to whoever changes
`.venv`.
"""

from __future__ import annotations

import compileall
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from workbook.bootstrap import environment
from workbook.paths import ENVIRONMENT, ROOT, STATE
from workbook.runtime.file_locks import try_lock

LOCK, PID = STATE / "compilation.lock", STATE / "compilation.pid"
DONE = ENVIRONMENT / "workbook-compiled"
LONGEST_SECONDS = 600
END_SECONDS = 10


def is_due() -> bool:
    """Tell whether the packages as they are now are still to be compiled."""
    return _is_due(environment.read_stamp())


def _is_due(stamp: str) -> bool:
    if stamp in ("", environment.UNFINISHED):
        return False
    try:
        return DONE.read_text(encoding="utf-8") != stamp
    except OSError:
        return True


def begin(environ: Mapping[str, str]) -> None:
    """Begin to compile in a process of its own, with the variables `environ`, if it is due.

    It outlives this process, unless what `environ` marks it with has it ended before.
    """
    if not is_due():
        return
    low = getattr(subprocess, "IDLE_PRIORITY_CLASS", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
    with suppress(OSError):  # it is no condition for anything
        subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM.format(root=str(ROOT))],
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=os.name == "posix",
            creationflags=low,
        )


_PROGRAM = """\
import sys
sys.path.insert(0, {root!r})
from workbook.bootstrap.compilation import run
run(processes=1)
"""


def run(processes: int) -> None:
    """Compile what is due, with so many processes (0: one for each core), unless another does."""
    # Read once, and first: an environment that takes the place of this one is none of its own.
    stamp = environment.read_stamp()
    if not _is_due(stamp) or (held := _take_turn()) is None:
        return
    with held:
        try:
            _compile_all(stamp, processes)
        finally:
            _forget_turn()


def _compile_all(stamp: str, processes: int) -> None:
    """Compile the packages of the environment that has this stamp, as long as it has it."""
    ends = time.monotonic() + LONGEST_SECONDS
    if processes == 1 and hasattr(os, "nice"):
        os.nice(19)
    for folder in environment.package_folders(ENVIRONMENT):
        for part in sorted(folder.iterdir()) if processes else [folder]:
            if time.monotonic() > ends or environment.read_stamp() != stamp:
                return
            _compile(part, processes)
    if environment.read_stamp() == stamp:
        DONE.write_text(stamp, encoding="utf-8")


def _take_turn() -> IO[bytes] | None:
    held = try_lock(LOCK)
    if held is not None:
        PID.write_text(str(os.getpid()), encoding="utf-8")
    return held


def _forget_turn() -> None:
    """Remove the number while the lock is still held: another process may get it next.

    Whoever finds the lock taken again, before its new holder has written its own, signals nobody.
    """
    PID.unlink(missing_ok=True)


def _compile(part: Path, processes: int) -> None:
    """Compile a package or module, with so many processes."""
    here = part
    if processes and os.name == "posix":
        # From inside: should `.venv` be moved away, nothing is written into the next one.
        with suppress(FileNotFoundError):
            os.chdir(part.parent)
        here = Path(part.name)
    # What a traceback shows is the whole path.
    if part.is_dir():
        compileall.compile_dir(here, 20, str(part), quiet=2, workers=processes)
    elif part.suffix == ".py":
        compileall.compile_file(here, str(part.parent), quiet=2)


def end_compilation() -> None:
    """End a compilation that goes on: `.venv` is about to change. What it has done stays."""
    ends = time.monotonic() + END_SECONDS
    while (held := try_lock(LOCK)) is None and time.monotonic() < ends:
        with suppress(OSError, ValueError):
            os.kill(int(PID.read_text(encoding="utf-8")), signal.SIGTERM)
        time.sleep(0.05)
    if held:
        _forget_turn()
        held.close()
