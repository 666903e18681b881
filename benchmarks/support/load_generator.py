"""Commands the visitors of a benchmark, which `load_worker` is the process of."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from benchmarks.support.visitors import Address
from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.runtime.process_output import AS_TEXT
from workbook.runtime.process_tree import end, trees

COMMAND_SECONDS = 120


@dataclass(frozen=True)
class Opened:
    """How many visitors came in, who did not and why, and the seconds until all was decided."""

    opened: int
    refused: dict[str, int]
    seconds: float


@dataclass(frozen=True)
class Delivery:
    """A status on its way: `count` visitors saw it, the median and the last after so many ms."""

    count: int
    median_ms: float
    last_ms: float


@dataclass(frozen=True)
class Standing:
    """Visitors here, connections that the server ended, and texts that came."""

    here: int
    dropped: int
    texts: int


class LoadWorker:
    """Commands the visitors. Every wait has an end: no answer is an error."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._said: queue.Queue[dict] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def open(self, count: int) -> Opened:
        """Let `count` visitors come at the same moment."""
        return Opened(**self._ask("open", count=count))

    def leave(self, count: int) -> None:
        """Let `count` visitors hang up."""
        self._ask("leave", count=count)

    def delivery(self, within: float) -> Delivery | None:
        """Return how the next status reached everybody; None where it did not, `within` seconds."""
        said = self._next(within)
        return said and Delivery(said["count"], said["median_ms"], said["last_ms"])

    def seen_by(self) -> int:
        """Return how many visitors saw the status that did not reach everybody."""
        return self._ask("partial")["count"]

    def standing(self) -> Standing:
        """Return its state."""
        return Standing(**self._ask("count"))

    def _ask(self, act: str, **values: int) -> dict:
        self._process.stdin.write(json.dumps({"do": act, **values}) + "\n")
        self._process.stdin.flush()
        while said := self._next(COMMAND_SECONDS):
            if said.pop("event") == act:
                return said
        raise WorkbookError(
            f"The visitors' process should have done “{act}” within {COMMAND_SECONDS} s and did "
            "not. Is the machine very busy? Run it again."
        )

    def _next(self, within: float) -> dict | None:
        """Return what the process says next, None where it says nothing `within` seconds."""
        try:
            said = self._said.get(timeout=within)
        except queue.Empty:
            return None
        if said["event"] == "end":
            raise WorkbookError("The visitors' process ended by itself: what it wrote is above.")
        return said

    def _read(self) -> None:
        for line in self._process.stdout:
            self._said.put(json.loads(line))
        self._said.put({"event": "end"})


@contextmanager
def load_worker(address: Address) -> Iterator[LoadWorker]:
    """Keep a process for visitors of `address` inside the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.support.load_worker", json.dumps(asdict(address))],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        **AS_TEXT,
        start_new_session=True,
    )
    try:
        yield LoadWorker(process)
    finally:
        end(trees([process.pid]), grace_seconds=1)
        process.wait()
        process.stdin.close()
