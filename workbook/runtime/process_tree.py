"""Finds processes with all they started, by root or mark, and ends them, on Windows too."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import psutil

from workbook.runtime.child_environment import MARK
from workbook.runtime.process_output import AS_TEXT, NOTHING_SAID, decoded
from workbook.runtime.signals import APART
from workbook.runtime.waiting import wait_until

POLL_SECONDS = 0.05


def trees(pids: Iterable[int]) -> list[psutil.Process]:
    """Return the processes that `pids` name, and all their descendants, as far as they live."""
    found: dict[int, psutil.Process] = {}
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            root = psutil.Process(pid)
            found |= {process.pid: process for process in [root, *root.children(recursive=True)]}
    return list(found.values())


def processes_of_run(run_id: str) -> list[psutil.Process]:
    """Return all processes of this user that carry the mark `run_id`, but never this one."""
    found = []
    for process in psutil.process_iter():
        # OSError: what a process reads like while it is being replaced or ends.
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == run_id:
                found.append(process)
    return found


def end(
    processes: Iterable[psutil.Process],
    grace_seconds: float,
    meanwhile: Callable[[], bool] = lambda: True,
) -> bool:
    """End `processes`: ask each, and kill those that are still there after `grace_seconds`.

    `meanwhile` is called some twenty times a second; where it returns False, patience ends. A
    process whose number was reused meanwhile is left alone (psutil compares the start times).
    Returns True where none had to be killed.
    """
    left = list(processes)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.terminate()
            process.resume()  # a stopped process hears of its end only when it goes on
    deadline = time.monotonic() + grace_seconds
    while left and time.monotonic() < deadline and meanwhile():
        left = _await_end(left, POLL_SECONDS)
    for process in left:
        with contextlib.suppress(psutil.Error):
            process.kill()
    _await_end(left, 3)
    meanwhile()
    return not left


def _await_end(processes: list[psutil.Process], within_seconds: float) -> list[psutil.Process]:
    """Wait until all `processes` ended, and return those that did not.

    A zombie has ended: in a container it may be long before anybody asks for its exit code.
    """
    wait_until(lambda: not any(map(is_alive, processes)), within_seconds, pause_seconds=0.01)
    return [process for process in processes if is_alive(process)]


def is_alive(process: psutil.Process) -> bool:
    """Tell whether a process goes on; a zombie does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def run_to_end(
    command: list[str], folder: Path, environment: Mapping[str, str], within_seconds: float
) -> tuple[int | None, str]:
    """Run `command` in `folder` and return its exit code and what it said.

    The exit code is None where it took longer than `within_seconds` and was ended. It gets no
    standard input and no share in the terminal's signals.
    """
    code = None
    # Not a pipe: what the command leaves running would hold that open.
    with tempfile.TemporaryFile() as output:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            **APART,
        )
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = child.wait(within_seconds)
        finally:
            if child.poll() is None:  # it took too long, or the verb is being ended
                end(trees([child.pid]), grace_seconds=2)
                child.poll()
        output.seek(0)
        return code, decoded(output.read())


def await_end(child: subprocess.Popen[Any], within_seconds: float) -> int:
    """Wait for a child that was asked to end, and return its exit code.

    After `within_seconds`, or where the wait is broken off, it is killed with all it started.
    """
    try:
        return child.wait(within_seconds)
    except subprocess.TimeoutExpired:
        pass  # as where it is broken off
    finally:
        if child.poll() is None:
            end(trees([child.pid]), grace_seconds=0)
    return child.wait()


def printed_by(command: list[str]) -> str:
    """Return what a program prints; "" if it does not run, or takes more than ten seconds."""
    nothing = subprocess.DEVNULL
    try:
        done = subprocess.run(command, stdin=nothing, capture_output=True, timeout=10, **AS_TEXT)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def last_lines(text: str, count: int = 15) -> str:
    """Return the last `count` lines of `text`, indented, to be shown below a sentence."""
    lines = [line.rstrip() for line in text.strip("\n").splitlines()][-count:]
    return "\n".join(f"  {line}" for line in lines) or f"  {NOTHING_SAID}"
