"""Runs in a copy: `python -m tests.versions.live_status`: does `run 05` push a status?

It starts `run 05`, opens the page's websocket, waits until a task's whole turn of RUNNING and
FINISHED has come through worker and channel layer, and stops it with Ctrl-C. Prints what Redis it
had; exits with 1 and a sentence where something fails.
"""

import signal
import subprocess
import sys
import time

from websockets.sync.client import connect

from tests.support.tool_process import tool_run
from tests.support.workbook_copy import SmallWorkbook
from workbook.paths import ROOT
from workbook.runtime.ports import free_port

READY_SECONDS = 90
STATUS_SECONDS = 30
AWAITED = ("RUNNING", "FINISHED")


def wait_for_statuses(port: int, seconds: float) -> None:
    """Wait until the page's websocket has brought every status that a turn has.

    Raises TimeoutError where it does not within `seconds`.
    """
    frames, deadline = "", time.monotonic() + seconds
    address, origin = f"ws://localhost:{port}/ws/status", f"http://localhost:{port}"
    with connect(address, origin=origin, open_timeout=seconds) as socket:
        while not all(status in frames for status in AWAITED):
            try:
                frames += str(socket.recv(timeout=max(0, deadline - time.monotonic())))
            except TimeoutError:
                raise TimeoutError(
                    f"within {seconds} seconds the websocket brought: {frames or '–'}"
                ) from None


def main() -> int:
    """Try it, and return the exit code."""
    port = free_port()
    words = ("run", "05", "--port", str(port))
    with tool_run(SmallWorkbook(ROOT), *words, variables={"STATUS_INTERVAL": "1"}) as run:
        try:
            run.wait_for("ready: http", READY_SECONDS)
            wait_for_statuses(port, STATUS_SECONDS)
            code = run.signal_and_wait(signal.SIGINT)
            assert code == 0, f"run 05 ended with {code} after Ctrl-C"
        except (AssertionError, OSError, subprocess.TimeoutExpired) as problem:
            print(run.text[-3000:])
            print(problem)
            return 1
        print(*(line for line in run.lines if line.startswith("Redis:")), sep="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
