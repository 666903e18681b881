"""One run of a step's checks in a process of its own, which can be stopped at any time.

Where the system forks, the process begins in a fork of one that has pytest and the checks imported:
that spares a second. Elsewhere, and for a cold run, it is `python -m pytest`.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import IO, Protocol

from checks.reporting.events import Event, from_line
from checks.watch.pytest_child import IMPORTED, become_pytest
from workbook.runtime.process_output import decoded
from workbook.runtime.process_tree import end, trees
from workbook.runtime.run_records import end_leftovers
from workbook.runtime.signals import APART

STOP_SECONDS = 10  # a run that was asked to end has ended all that it started by then
READ_BYTES = 20_000


@dataclass(frozen=True)
class Closed:
    """A run's process has ended. `words` is what it said on its standard error."""

    words: str


class Process(Protocol):
    """What runs pytest; `output` is its standard output."""

    pid: int
    output: IO[bytes]

    def wait(self, seconds: float) -> bool:
        """Wait for its end; tell whether it came."""


class ColdProcess:
    """`python -m pytest`."""

    def __init__(self, arguments: Sequence[str], errors: Path) -> None:
        with errors.open("ab") as said:
            self._popen = subprocess.Popen(
                [sys.executable, "-P", "-m", "pytest", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
                **APART,  # Ctrl-C is for the watcher, which ends this one
            )
        assert self._popen.stdout, "it is a pipe"
        self.pid = self._popen.pid
        self.output: IO[bytes] = self._popen.stdout

    def wait(self, seconds: float) -> bool:
        """Wait for its end; tell whether it came."""
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(seconds)
        return self._popen.poll() is not None


class ForkedProcess:
    """A fork of a process that has everything imported."""

    def __init__(self, server: ForkServerContext, arguments: Sequence[str], errors: Path) -> None:
        read, written = multiprocessing.Pipe(duplex=False)
        self._process = server.Process(
            target=become_pytest,
            args=(list(arguments), os.getcwd(), dict(os.environ), written, str(errors)),  # noqa: PTH109
        )
        self._process.start()
        written.close()
        self.pid = self._process.pid or 0
        self.output: IO[bytes] = os.fdopen(os.dup(read.fileno()), "rb")
        read.close()

    def wait(self, seconds: float) -> bool:
        """Wait for its end; tell whether it came."""
        self._process.join(seconds)
        return not self._process.is_alive()


class Runs:
    """Begins runs of the checks in `folder`, one at a time; `arguments` go to each.

    `report` is called from another thread: with the number of a run, and an event of it or Closed.
    """

    def __init__(
        self,
        folder: Path,
        arguments: Sequence[str],
        report: Callable[[int, Event | Closed], None],
    ) -> None:
        self._arguments = [str(folder), "--verdict-lines", "-p", "no:cacheprovider", *arguments]
        self._report = report
        self._server = warm_server(folder.name) if can_fork() else None
        self._number = 0
        self._process: Process | None = None
        self._errors: Path | None = None

    def begin(self, first: str = "", *, cold: bool = False) -> int:
        """Begin a run, once a former one has ended; return its number.

        `first` is the id of the check to ask first. A cold run takes nothing over.
        """
        self.stop()
        arguments = [*self._arguments, *([f"--first={first}"] if first else [])]
        number, name = tempfile.mkstemp(prefix="workbook-watch-")
        os.close(number)
        self._errors = Path(name)
        if self._server and not cold:
            self._process = ForkedProcess(self._server, arguments, self._errors)
        else:
            self._process = ColdProcess(arguments, self._errors)
        self._number += 1
        reading = (self._process, self._number, self._errors)
        threading.Thread(target=self._read, args=reading, daemon=True).start()
        return self._number

    def stop(self) -> None:
        """End the run that goes on, if there is one, and all that it started."""
        process, self._process = self._process, None
        if process is None:
            return
        if not process.wait(0):
            _ask_to_end(process.pid)
            if not process.wait(STOP_SECONDS):
                end(trees([process.pid]), grace_seconds=0)
                process.wait(STOP_SECONDS)
            end_leftovers()  # of one that could not end in order
        if self._errors:
            self._errors.unlink(missing_ok=True)

    def _read(self, process: Process, number: int, errors: Path) -> None:
        with process.output as output:
            for line in output:
                if event := from_line(decoded(line)):
                    self._report(number, event)
        process.wait(STOP_SECONDS)
        words = ""
        with suppress(OSError):
            words = decoded(errors.read_bytes()[-READ_BYTES:])
        self._report(number, Closed(words))


def _ask_to_end(pid: int) -> None:
    # On Windows a process cannot be asked: it is killed, and what it leaves is ended after it.
    with suppress(OSError):
        os.kill(pid, signal.SIGTERM)


def can_fork() -> bool:
    """Tell whether this system has processes fork from one that is made for it."""
    return "forkserver" in multiprocessing.get_all_start_methods()


def warm_server(folder: str) -> ForkServerContext:
    """Start the process that forks, with the checks in `folder` imported; return how to ask it.

    It ends with this process, however that ends.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*IMPORTED, f"checks.{folder}.conftest"])
    context.Process(target=int).start()  # which it waits for, and imports meanwhile
    return context
