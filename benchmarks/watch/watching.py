"""`check --watch` in the background, and a cold `check`: how long each takes to tell a ✗."""

import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.runtime.process_output import AS_TEXT

CHECK = (sys.executable, str(ROOT / "workbook" / "__main__.py"), "check")
SECONDS = 120
CROSS = "✗ "
LAST_LINES = 20


class Lines:
    """What a process prints, line by line, with the time that each came."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: queue.Queue[tuple[float, str]] = queue.Queue()
        self._said: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def wait_for(self, text: str) -> tuple[float, str]:
        """Return when the next line with `text` came, in seconds of the clock, and the line.

        Raises WorkbookError where none comes.
        """
        deadline = time.perf_counter() + SECONDS
        while (left := deadline - time.perf_counter()) > 0:
            try:
                at, line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            if text in line:
                return at, line.strip()
            if not line:
                break
        said = "".join(self._said[-LAST_LINES:])
        raise WorkbookError(f"“{text}” was not said within {SECONDS} s:\n{said}")

    def _read(self) -> None:
        assert self._process.stdout, "it is a pipe"
        for line in self._process.stdout:
            self._said.append(line)
            self._lines.put((time.perf_counter(), line))
        self._lines.put((time.perf_counter(), ""))


@contextmanager
def opened(step: str, project: Path, *options: str) -> Iterator[Lines]:
    """Call `check` on `project`, and end it after the block."""
    process = subprocess.Popen(
        [*CHECK, step, "--target", str(project), *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **AS_TEXT,
    )
    try:
        yield Lines(process)
    finally:
        process.terminate()
        process.wait()


def cold_seconds(step: str, project: Path) -> float:
    """Return the seconds from calling `check` until its first ✗ is told."""
    began = time.perf_counter()
    with opened(step, project) as lines:
        return lines.wait_for(CROSS)[0] - began
