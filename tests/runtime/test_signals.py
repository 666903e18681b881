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


EARLY = """
import os, signal, subprocess, sys
from workbook.runtime.signals import hold_interrupts, wait_for_successor

child = '''
import sys
from workbook.runtime.signals import release_interrupts
try:
    release_interrupts()
    sys.stdin.readline()
except KeyboardInterrupt:
    sys.exit(9)
'''
hold_interrupts()
os.kill(os.getpid(), signal.SIGINT)
sys.exit(wait_for_successor(subprocess.Popen([sys.executable, "-c", child])))
"""


@pytest.mark.skipif(os.name != "posix", reason="no interrupt can be held there")
def test_an_interrupt_that_came_before_the_successor_reaches_it():
    done = subprocess.run(
        [sys.executable, "-c", EARLY], cwd=ROOT, input="\n", timeout=30, **AS_TEXT
    )
    assert done.returncode == 9


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
