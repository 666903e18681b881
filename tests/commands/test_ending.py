"""`test`, `bench` and `guide`: what they started ends with them, even where it does not hear."""

import signal
import time

import pytest

from tests.support.tool_process import tool_run
from tests.support.workbook_copy import SmallWorkbook
from workbook.runtime.ports import free_port

DEAF = """
import signal, subprocess, sys, time
for signum in (signal.SIGINT, signal.SIGTERM):
    signal.signal(signum, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print("deaf", flush=True)
time.sleep(600)
"""
# By the verb: its arguments, and the module that it starts.
STARTED = {
    "test": (["--quick"], "tests/quick.py"),
    "bench": (["push"], "benchmarks/push.py"),
    "guide": (["--port", str(free_port())], "docs_ext/live/__main__.py"),
}


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("verb", STARTED)
def test_what_does_not_hear_is_killed_with_all_it_started(
    small: SmallWorkbook, verb: str, signum: signal.Signals
) -> None:
    arguments, module = STARTED[verb]
    small.write({module: DEAF}, below=".")
    code = f"from workbook.commands import {verb}; {verb}.END_SECONDS = 0.5"
    with tool_run(small, verb, *arguments, code=code) as run:
        run.wait_for("deaf")
        began = time.monotonic()
        run.signal_and_wait(signum)
        assert time.monotonic() - began < 10
        assert run.left() == []
    assert "Traceback" not in run.text
