"""A run of the watcher's that is ended before it has begun."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from checks.watch.runs import ForkedProcess, can_fork, warm_server

pytestmark = pytest.mark.skipif(not can_fork(), reason="no process forks on this system")
END_SECONDS = 20


@pytest.fixture(scope="module")
def server() -> Any:
    """Return what forks."""
    return warm_server("step_02")


def test_a_fork_that_is_killed_at_once_leaves_no_file(server: Any):
    process = ForkedProcess(server, target="")
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(END_SECONDS)
    process.output.close()
    process.errors.close()
    assert not Path(process.errors.name).exists()
