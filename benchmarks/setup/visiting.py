"""A visitor of /live/ who waits for the first status."""

import contextlib
import re
import time

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from benchmarks.support.processes import Measured
from workbook.runtime.ports import LOOPBACK

POLL_SECONDS = 0.05
REQUEST_SECONDS = 10
PAGE = "/live/"
WEBSOCKET = re.compile(r"""ws-connect=["']([^"']+)["']""")
STATUS = re.compile(r"""id=["']status["'][^>]*>\s*\w""")


def await_first_status(run: Measured, port: int, within_seconds: float) -> None:
    """Wait until the page that `run` starts on `port` has received its first status.

    Raises WorkbookError, with the last lines of its log, where it ends before or takes too long.
    """
    deadline = time.monotonic() + within_seconds
    base = f"http://{LOOPBACK}:{port}"
    with httpx.Client(base_url=base, timeout=REQUEST_SECONDS, trust_env=False) as client:
        while not _has_status(client, port, deadline):
            if run.popen.poll() is not None:
                raise run.error("ended before a status came")
            if time.monotonic() > deadline:
                raise run.error(f"brought no status within {within_seconds:.0f} s")
            time.sleep(POLL_SECONDS)


def _has_status(client: httpx.Client, port: int, deadline: float) -> bool:
    """Open the page and its websocket, and wait for a status there; False where it is too early."""
    with contextlib.suppress(httpx.HTTPError, OSError, WebSocketException, TimeoutError):
        page = client.get(PAGE)
        address = WEBSOCKET.search(page.text)
        if page.status_code == httpx.codes.OK and address:
            url = f"ws://{LOOPBACK}:{port}{address[1]}"
            with connect(url, origin=str(client.base_url).rstrip("/"), proxy=None) as socket:
                while time.monotonic() < deadline:
                    left = max(deadline - time.monotonic(), 0)
                    if STATUS.search(str(socket.recv(timeout=min(left, REQUEST_SECONDS)))):
                        return True
    return False
