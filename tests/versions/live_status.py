"""Runs in a copy: `python -m tests.versions.live_status`: does `run 05` push a status?

It starts `run 05`, opens the page's websocket, waits until a task's whole turn of RUNNING and
FINISHED has come through worker and channel layer, and stops it with Ctrl-C. Prints what Redis it
had; exits with 1 and a sentence where something fails.
"""

import os
import signal
import subprocess
import sys
import threading
import time

from websockets.sync.client import connect

from workbook.paths import ROOT
from workbook.runtime.ports import free_port
from workbook.runtime.process_output import AS_TEXT
from workbook.runtime.waiting import wait_until

READY_SECONDS = 90
STATUS_SECONDS = 30
END_SECONDS = 30
AWAITED = ("RUNNING", "FINISHED")


class RunOfStep05:
    """`run 05` as a process, and what it has printed so far."""

    def __init__(self) -> None:
        self.port = free_port()
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "workbook", "run", "05", "--port", str(self.port)],
            cwd=ROOT,
            env=os.environ | {"STATUS_INTERVAL": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **AS_TEXT,
        )
        threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True).start()

    def wait_until_ready(self) -> None:
        """Wait until it has printed its address."""

        def is_ready() -> bool:
            if self.process.poll() is not None:
                raise TimeoutError(f"run 05 ended with {self.process.returncode}")
            return any(line.startswith("ready:") or "ready: http" in line for line in self.lines)

        if not wait_until(is_ready, READY_SECONDS):
            raise TimeoutError(f"run 05 was not ready within {READY_SECONDS} seconds")

    def wait_for_statuses(self) -> None:
        """Wait until the page's websocket has brought every status that a turn has."""
        address = f"ws://localhost:{self.port}/ws/status"
        deadline = time.monotonic() + STATUS_SECONDS
        frames = ""
        with connect(address, origin=f"http://localhost:{self.port}") as socket:
            while not all(status in frames for status in AWAITED):
                try:
                    frames += str(socket.recv(timeout=max(0, deadline - time.monotonic())))
                except TimeoutError:
                    raise TimeoutError(
                        f"within {STATUS_SECONDS} seconds the websocket brought: {frames or '–'}"
                    ) from None

    def stop(self) -> None:
        """End it with Ctrl-C; raise TimeoutError where it does not end well."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(END_SECONDS)
        if code != 0:
            raise TimeoutError(f"run 05 ended with {code} after Ctrl-C")


def main() -> int:
    """Try it, and return the exit code."""
    run = RunOfStep05()
    try:
        run.wait_until_ready()
        run.wait_for_statuses()
        run.stop()
    except (OSError, TimeoutError, subprocess.TimeoutExpired) as problem:
        run.process.terminate()
        print("".join(run.lines[-30:]))
        print(problem)
        return 1
    finally:
        run.process.kill()
    print(*(line for line in run.lines if line.startswith("Redis:")), sep="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
