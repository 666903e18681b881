"""`run 05` until a whole turn of statuses has come through its websocket; then a key is pressed.

The first argument is the key (ctrl-c, ctrl-break), `close` for its window, or `kill`: the tool is
killed then. The next call has to end what it left, and to tidy up where a key ended everything at
once, as Ctrl-Break does under Wine. More arguments go to `run`.
"""

import os
import sys
import time
from contextlib import suppress

import psutil
from websockets.sync.client import connect

from tests.windows.inside.consoles import ENDS_AT_ONCE, Program, workbook
from tests.windows.inside.outcome import Fault, play
from tests.windows.inside.remains import remaining, require_nothing_left
from tests.windows.inside.start_in_use import call
from workbook.runtime.ports import is_free

PORT = 8000
READY_SECONDS, STATUS_SECONDS, STOP_SECONDS = 200, 60, 40
AWAITED = ("RUNNING", "FINISHED")


def main() -> None:
    """Play it."""
    how, *options = sys.argv[1:]
    os.environ["STATUS_INTERVAL"] = "1"
    began = time.monotonic()
    run = workbook("run", "05", *options)
    try:
        run.wait_for("ready: http", READY_SECONDS)
        print(f"ready after {time.monotonic() - began:.1f} s")
        wait_for_statuses()
        print(f"statuses after {time.monotonic() - began:.1f} s")
        stop(run, how)
    finally:
        run.process.kill()
    print(*(line for line in run.said.splitlines() if line.startswith("Redis:")))


def wait_for_statuses() -> None:
    """Wait until the page's websocket has brought every status. Raises Fault where it doesn't."""
    frames, deadline = "", time.monotonic() + STATUS_SECONDS
    address = f"ws://localhost:{PORT}/ws/status"
    with connect(address, origin=f"http://localhost:{PORT}", open_timeout=30) as socket:
        while not all(status in frames for status in AWAITED):
            try:
                frames += str(socket.recv(timeout=max(0, deadline - time.monotonic())))
            except TimeoutError:
                raise Fault(f"the websocket brought in {STATUS_SECONDS} s: {frames}") from None


def stop(run: Program, how: str) -> None:
    """End it in that way, and see that nothing is left."""
    began = time.monotonic()
    if how == "kill":
        kill_tool(run)
        clean_up(how)
    elif how == "close":
        run.close_window()
        print(f"ended with {run.wait(STOP_SECONDS)} after {time.monotonic() - began:.1f} s")
        call("start", "01")  # the window may have left the tool time to tidy up, or not
    elif how in ENDS_AT_ONCE:
        run.press(how)
        print(f"ended with {run.wait(STOP_SECONDS)} after {time.monotonic() - began:.1f} s")
        clean_up(how)
    else:
        run.press(how)
        code = run.wait(STOP_SECONDS)
        if "Stopped: nothing is left running." not in run.said:
            raise Fault(f"after {how} it ended with {code}:\n{run.said[-3000:]}")
        print(f"ended with {code} after {time.monotonic() - began:.1f} s")
    require_nothing_left(how)
    if not is_free(PORT):
        raise Fault(f"port {PORT} is still taken after {how}")


def clean_up(how: str) -> None:
    """Call the tool again, which tidies up after one that had no time to."""
    said = call("start", "01")
    if "An earlier call was killed" not in said:
        raise Fault(f"the call after {how} said nothing of it:\n{said}")


def kill_tool(run: Program) -> None:
    """Kill the tool's own processes, as the task manager does, and nothing of what it started."""
    tool = psutil.Process(run.process.pid)
    own = [tool, *(one for one in tool.children(recursive=True) if is_tool(one))]
    for process in own:
        with suppress(psutil.NoSuchProcess):  # a launcher ends with the Python that it launched
            process.kill()
    psutil.wait_procs(own, 10)
    if not remaining():
        raise Fault("nothing went on after the tool was killed: there is nothing to clean up")


def is_tool(process: psutil.Process) -> bool:
    """Tell whether a process is the tool itself, or the launcher of its environment's Python."""
    return any(word.endswith("__main__.py") for word in process.cmdline())


if __name__ == "__main__":
    play(main)
