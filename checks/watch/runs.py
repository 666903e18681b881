"""One run of a step's checks in a process of its own, which can be stopped at any time.

Where the system forks, the process begins in a fork of one that has pytest and the checks imported:
that spares a second. Elsewhere, and for a cold run, it is `python -m pytest`.
"""

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
from pathlib import Path
from typing import IO, Any

from checks.reporting.events import Event, from_line
from checks.target import Target
from checks.watch.pytest_child import IMPORTED, become_pytest
from workbook.runtime.process_output import decoded
from workbook.runtime.process_tree import end, trees
from workbook.runtime.run_records import end_leftovers
from workbook.runtime.signals import APART, StopSignals

STOP_SECONDS = 10  # a run that was asked to end has ended all that it started by then
READ_BYTES = 20_000


@dataclass(frozen=True)
class Closed:
    """A run's process has ended. `words` is what it said on its standard error."""

    words: str


class ColdProcess:
    """`python -m pytest`; `output` is what it prints, `errors` a file with its standard error."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self.errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._popen = subprocess.Popen(
            [sys.executable, "-P", "-m", "pytest", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.errors,
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
    """A fork of a process that has everything imported; it waits for `go`.

    `target` is a project for which it starts beforehand what takes long, "" for none.
    """

    def __init__(self, server: Any, target: str) -> None:
        # The fork takes its name away as soon as it has opened it, or `wait` where it did not.
        self.errors: IO[bytes] = tempfile.NamedTemporaryFile(  # noqa: SIM115
            prefix="workbook-watch-", delete=False
        )
        read, written = multiprocessing.Pipe(duplex=False)
        told, self._tell = multiprocessing.Pipe(duplex=False)
        self._process = server.Process(
            target=become_pytest,
            args=(told, os.getcwd(), written, self.errors.name, target),  # noqa: PTH109
        )
        self._process.start()
        written.close()
        told.close()
        self.pid = self._process.pid or 0
        self.output: IO[bytes] = os.fdopen(os.dup(read.fileno()), "rb")
        read.close()

    def go(self, arguments: Sequence[str]) -> None:
        """Let it run pytest with these arguments. Raises OSError where it has ended."""
        self._tell.send(list(arguments))
        self._tell.close()

    def wait(self, seconds: float) -> bool:
        """Wait for its end; tell whether it came."""
        self._process.join(seconds)
        if self._process.is_alive():
            return False
        Path(self.errors.name).unlink(missing_ok=True)
        return True


@dataclass(frozen=True)
class Going:
    """A run's process, which can be asked to end."""

    process: ColdProcess | ForkedProcess

    def ask_to_end(self) -> None:
        """Ask it to end all that it started, unless it has ended."""
        if not self.process.wait(0):
            # Windows can't ask a process to end: it is killed, and `close` ends what it leaves.
            with suppress(OSError):
                os.kill(self.process.pid, signal.SIGTERM)

    def close(self) -> None:
        """Wait until it has ended; kill it where it takes too long."""
        if not self.process.wait(0 if os.name == "nt" else STOP_SECONDS):
            end(trees([self.process.pid]), grace_seconds=0)
            self.process.wait(STOP_SECONDS)
            end_leftovers()  # of one that could not end in order
        elif os.name == "nt":
            end_leftovers()


class Runs:
    """Begins runs of the checks of `target`'s step, one at a time; `arguments` go to each.

    `report` is called from another thread: with the number of a run, and an event of it or Closed.
    """

    def __init__(
        self,
        target: Target,
        arguments: Sequence[str],
        report: Callable[[int, Event | Closed], None],
        signals: StopSignals,
    ) -> None:
        folder, self._target = target.step.checks, target
        self._arguments = [str(folder), "--verdict-lines", "-p", "no:cacheprovider", *arguments]
        self._report = report
        self._signals = signals
        # Amid such a start a signal would cut the connection, and its other end print a traceback.
        with signals.held():
            self._server = warm_server(folder.name) if can_fork() else None
        self._number = 0
        self._going: Going | None = None
        self._ending: list[Going] = []  # asked to end, and at it
        self._waiting: ForkedProcess | None = None  # the next one, held

    @property
    def are_warm(self) -> bool:
        """Whether a run takes over what was imported or started beforehand, unless it is cold."""
        return self._server is not None

    def begin(self, first: str = "", *, cold: bool = False) -> int:
        """Begin a run, and let a former one end beside it; return its number.

        `first` is the id of the check to ask first. A cold run takes nothing over.
        """
        self._let_end()
        arguments = [*self._arguments, *([f"--first={first}"] if first else [])]
        self._going = Going(ColdProcess(arguments) if cold else self._warm(arguments))
        self._number += 1
        reading = (self._going, self._number)
        threading.Thread(target=self._read, args=reading, daemon=True).start()
        return self._number

    def prepare(self) -> None:
        """Start beforehand what the next run will need, unless that is done."""
        if self._server and not self._waiting:
            with self._signals.held():
                self._waiting = ForkedProcess(self._server, str(self._target.folder))

    def renew(self) -> None:
        """Take nothing over from now on: what was imported beforehand is out of date."""
        self._discard()
        self._server = None

    def _warm(self, arguments: Sequence[str]) -> ColdProcess | ForkedProcess:
        if self._waiting:
            process, self._waiting = self._waiting, None
            with suppress(OSError):
                process.go(arguments)
                return process
            Going(process).close()
        if not self._server:
            return ColdProcess(arguments)
        with self._signals.held():
            process = ForkedProcess(self._server, target="")
        process.go(arguments)
        return process

    def _discard(self) -> None:
        """End the run that waits, if there is one."""
        if self._waiting:
            held = Going(self._waiting)
            self._waiting = None
            held.ask_to_end()
            held.close()

    def close(self) -> None:
        """End the run that goes on, and the one that waits."""
        if self._waiting:
            Going(self._waiting).ask_to_end()
        self.stop()
        self._discard()

    def stop(self) -> None:
        """End the run that goes on, if there is one, and all that it started."""
        self._let_end()
        while self._ending:
            self._ending.pop(0).close()

    def _let_end(self) -> None:
        """Ask the run that goes on to end, and wait for those that were asked before."""
        while self._ending:
            self._ending.pop(0).close()
        if self._going:
            self._going.ask_to_end()
            self._ending.append(self._going)
            self._going = None

    def _read(self, going: Going, number: int) -> None:
        with going.process.output as output:
            for line in output:
                if event := from_line(decoded(line)):
                    self._report(number, event)
        with going.process.errors as errors:
            errors.seek(0)
            words = decoded(errors.read()[-READ_BYTES:])
        self._report(number, Closed(words))


def can_fork() -> bool:
    """Tell whether this system has processes fork from one that is made for it."""
    return "forkserver" in multiprocessing.get_all_start_methods()


def warm_server(folder: str) -> Any:
    """Start the process that forks, with the checks in `folder` imported; return how to ask it.

    That is a ForkServerContext, a type which Windows doesn't have. The process ends with this one,
    however that ends. None where it can't listen: its socket is in the folder for temporary files,
    and the system takes no address of more than about 100 characters.
    """
    context: Any = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*IMPORTED, f"checks.{folder}.conftest"])
    try:
        context.Process(target=int).start()  # which it waits for, and imports meanwhile
    except OSError:
        return None
    return context
