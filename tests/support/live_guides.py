"""A small workbook's guide, served by the real tool."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import psutil

from tests.support.workbook_copy import SmallWorkbook
from workbook.runtime.ports import free_port

READY_SECONDS = 60


@dataclass(frozen=True)
class LiveGuide:
    """A guide that is served: of which workbook, by which process, and where."""

    small: SmallWorkbook
    process: subprocess.Popen[bytes]
    url: str

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rstrip("/").rpartition(":")[2])

    def processes(self) -> list[psutil.Process]:
        """Return what it has started, and that in turn, as far as it lives."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def commands(self) -> list[list[str]]:
        """Return the words of each of these processes; one that ends meanwhile is left out."""
        found = []
        for process in self.processes():
            with contextlib.suppress(psutil.Error):
                found.append(process.cmdline())
        return found


@contextmanager
def live_guide(small: SmallWorkbook, port: int = 0, **variables: str) -> Iterator[LiveGuide]:
    """Serve a workbook's guide inside the block, which begins once its first page answers."""
    url = f"http://127.0.0.1:{port or free_port()}/"
    code = "import sys; from workbook.cli import main; sys.exit(main(sys.argv[1:]))"
    with subprocess.Popen(
        [sys.executable, "-c", code, "guide", "--port", url.rstrip("/").rpartition(":")[2]],
        cwd=small.root,
        env=os.environ | {"PYTHONUTF8": "1"} | variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            first_page(url, process)
            yield LiveGuide(small, process, url)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def first_page(url: str, process: subprocess.Popen[bytes]) -> str:
    """Return the page as soon as it answers; fail after a minute or when the server has ended."""
    ends = time.monotonic() + READY_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            return httpx.get(url, timeout=READY_SECONDS).text
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer")
