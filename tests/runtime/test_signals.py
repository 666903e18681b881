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

child = "import sys; print('up', flush=True); sys.stdin.readline(); sys.exit(7)"
process = subprocess.Popen([sys.executable, "-c", child], start_new_session=True)
sys.exit(wait_for_successor(process))
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
    assert waiting.stdout.readline() == "up\n"
    for _ in range(2):
        waiting.send_signal(signal.SIGINT)
    said, _ = waiting.communicate("\n", timeout=30)
    assert (waiting.returncode, said) == (7, "")
