"""A process that is measured: started with its log, watched, ended."""

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.runtime.process_tree import end, last_lines, trees
from workbook.runtime.waiting import wait_until

# They spare a worker's start a second, and change nothing of its work.
FASTER = {"CELERY_WORKER_WITHOUT_MINGLE": "1", "CELERY_WORKER_WITHOUT_GOSSIP": "1"}
READY_SECONDS = 60
QUIET_SHARE = 0.2  # of one core: a server that does less has nothing left to do
QUIET_SECONDS = 0.5
QUIET_WITHIN_SECONDS = 30


@dataclass(frozen=True)
class Measured:
    """A process, with its descendants, and where its log is."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path

    def cpu_seconds(self) -> float:
        """Return the CPU time that it, and all its descendants, have used so far."""
        times = [process.cpu_times() for process in trees([self.popen.pid])]
        return sum(found.user + found.system for found in times)

    def memory_bytes(self) -> int:
        """Return the memory that it, and all its descendants, hold (resident set)."""
        return sum(process.memory_info().rss for process in trees([self.popen.pid]))

    def await_word(self, word: str) -> None:
        """Wait until its log holds `word`. Raises WorkbookError where it does not."""
        wait_until(lambda: word in self.said() or self.popen.poll() is not None, READY_SECONDS)
        if word not in self.said():
            raise self.error(f"should have said “{word}” within {READY_SECONDS} s")

    def await_quiet(self) -> None:
        """Wait until it has done what it was asked, told by the CPU time that it uses."""
        deadline = time.monotonic() + QUIET_WITHIN_SECONDS
        before, used = self.cpu_seconds(), QUIET_SECONDS
        while used > QUIET_SHARE * QUIET_SECONDS and time.monotonic() < deadline:
            time.sleep(QUIET_SECONDS)
            now = self.cpu_seconds()
            before, used = now, now - before

    def error(self, what: str) -> WorkbookError:
        """Return the error that says what it did, with its last lines."""
        return WorkbookError(f"{self.name} {what}. Its last lines:\n{last_lines(self.said())}")

    def said(self) -> str:
        """Return its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def measured(
    name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path
) -> Iterator[Measured]:
    """Run `command` in `folder` inside the block, its output in `log`."""
    with log.open("wb") as output:
        popen = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Measured(name, popen, log)
    finally:
        # What it holds is a copy: nothing is lost where it is killed.
        end(trees([popen.pid]), grace_seconds=0)
        popen.wait()
