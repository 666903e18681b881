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

from tests.versions.live_status import wait_for_statuses
from tests.windows.inside.consoles import ENDS_AT_ONCE, Program, workbook
from tests.windows.inside.outcome import Fault, play
from tests.windows.inside.remains import remaining, require_nothing_left
from tests.windows.inside.start_in_use import call
from workbook.runtime.ports import is_free

PORT = 8000
READY_SECONDS, STATUS_SECONDS, STOP_SECONDS = 200, 60, 40


def main() -> None:
    how, *options = sys.argv[1:]
    os.environ["STATUS_INTERVAL"] = "1"
    began = time.monotonic()
    with workbook("run", "05", *options) as run:
        run.wait_for("ready: http", READY_SECONDS)
        print(f"ready after {time.monotonic() - began:.1f} s")
        try:
            wait_for_statuses(PORT, STATUS_SECONDS)
        except TimeoutError as problem:
            raise Fault(str(problem)) from None
        print(f"statuses after {time.monotonic() - began:.1f} s")
        stop(run, how)
    print(*(line for line in run.said.splitlines() if line.startswith("Redis:")))


def stop(run: Program, how: str) -> None:
    """End it in that way, and see that nothing is left."""
    if how == "kill":
        kill_tool(run)
    else:
        began = time.monotonic()
        run.close_window() if how == "close" else run.press(how)
        print(f"ended with {run.wait(STOP_SECONDS)} after {time.monotonic() - began:.1f} s")
    if how == "close":
        call("start", "01")  # the window may have left the tool time to tidy up, or not
    elif how in ("kill", *ENDS_AT_ONCE):
        clean_up(how)
    elif "Stopped: nothing is left running." not in run.said:
        raise Fault(f"after {how} it said nothing of an end without remains:\n{run.said[-3000:]}")
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
