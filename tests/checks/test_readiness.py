"""How long a process may take until it is ready: what others took from it does not count."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from checks.harness.process_log import ProcessLog
from checks.harness.readiness import MOST_HELD_UP_SECONDS, READY_SECONDS, is_late
from checks.harness.server_process import Launched
from tests.support.tool_process import wait_until

ON_ONE_CORE = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\nwhile True: pass"


class HeldUp(Launched):
    """A process of which others have taken some seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def held_up_seconds(self) -> float:
        """Return them."""
        return self._seconds


@pytest.mark.parametrize(
    ("held_up", "at", "late"),
    [
        (0, READY_SECONDS - 1, False),
        (0, READY_SECONDS, True),
        (5, READY_SECONDS + 4, False),
        (5, READY_SECONDS + 5, True),
        (1e6, READY_SECONDS + MOST_HELD_UP_SECONDS, True),
    ],
)
def test_it_may_take_as_much_longer_as_others_took(held_up: float, at: float, late: bool) -> None:
    assert is_late(HeldUp(held_up), at) == late


@pytest.mark.skipif(sys.platform != "linux", reason="no other system tells it")
def test_linux_tells_how_long_a_process_waited_for_its_turn(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ON_ONE_CORE]
    spinning = [subprocess.Popen(command) for _ in range(3)]
    idle = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        one, other = (
            Launched("web", "python", popen, ProcessLog(tmp_path / "log", tmp_path))
            for popen in (spinning[0], idle)
        )
        wait_until(lambda: one.held_up_seconds() >= 1, 30, lambda: str(os.getloadavg()))
        assert other.held_up_seconds() < one.held_up_seconds()
    finally:
        for popen in (*spinning, idle):
            popen.kill()
            popen.wait()
