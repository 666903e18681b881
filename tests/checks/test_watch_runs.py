"""A run of the watcher's that is ended before it has begun."""

import subprocess
import sys

import pytest

from checks.watch.runs import can_fork
from tests.support.commands import run_command
from workbook.paths import ROOT

pytestmark = pytest.mark.skipif(not can_fork(), reason="no process forks on this system")

# In a process of its own: a process has one server that forks for it, and the tests have theirs.
KILLED_AT_ONCE = """
import os, signal
from checks.watch.runs import ForkedProcess, warm_server

process = ForkedProcess(warm_server("step_02"), target="")
os.kill(process.pid, signal.SIGKILL)
assert process.wait(20), "it did not end"
print(os.path.exists(process.errors.name))
"""


def test_a_fork_that_is_killed_at_once_leaves_no_file():
    done = run_command([sys.executable, "-c", KILLED_AT_ONCE], ROOT, stderr=subprocess.STDOUT)
    assert done.stdout.splitlines() == ["False"]
