"""What a key in the terminal does to a process that only waits for another one."""

import os
import signal
import subprocess
import sys

import pytest

from workbook.paths import ROOT
from workbook.runtime.process_output import AS_TEXT

WAITS = """
import subprocess, sys
from workbook.runtime.signals import wait_for_successor

class Successor(subprocess.Popen):
    def wait(self, timeout=None):
        print("waiting", flush=True)  # only now may a key be pressed
        return super().wait(timeout)

child = "import sys; sys.stdin.readline(); sys.exit(7)"
sys.exit(wait_for_successor(Successor([sys.executable, "-c", child], start_new_session=True)))
"""


@pytest.mark.skipif(os.name != "posix", reason="tests/windows presses the keys themselves there")
def test_who_waits_for_a_successor_stays_until_that_has_ended():
    """On Windows the first call waits for the one in the environment, which hears the key too."""
    waiting = subprocess.Popen(
        [sys.executable, "-c", WAITS],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **AS_TEXT,
    )
    assert waiting.stdout.readline() == "waiting\n"
    for _ in range(2):
        waiting.send_signal(signal.SIGINT)
    said, _ = waiting.communicate("\n", timeout=30)
    assert (waiting.returncode, said) == (7, "")
