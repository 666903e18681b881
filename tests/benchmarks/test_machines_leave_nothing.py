"""Whoever ends the round on several machines early finds nothing of it left."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from tests.support.skip_markers import NGINX, POSTGRESQL, REDIS_SERVER
from tests.support.tool_process import wait_until
from workbook.paths import ROOT
from workbook.runtime.process_output import decoded
from workbook.runtime.process_tree import end, is_alive

pytestmark = [NGINX, POSTGRESQL, REDIS_SERVER, pytest.mark.long]

ROUND = """
import time
from tests.support.machines.cluster import several_machines
with several_machines() as cluster:
    print("at work", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_nothing_outlives_the_round(name: str) -> None:
    temporary = Path(tempfile.mkdtemp())  # pytest's own is closed to the database's user
    temporary.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-c", ROUND],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    started: list[psutil.Process] = []
    try:
        assert decoded(process.stdout.readline()) == "at work\n"
        started = psutil.Process(process.pid).children(recursive=True)
        names = {child.name() for child in started}
        assert {"nginx", "postgres", "redis-server", "celery", "daphne"} <= names
        process.send_signal(signal.Signals[name])
        process.wait(30)
        wait_until(lambda: not any(map(is_alive, started)), 20, lambda: f"the end of {started}")
    finally:
        process.kill()
        process.wait()
        end(started, grace_seconds=0)
        process.stdout.close()
        # Every run of this user reserves its ports in one file, which stays.
        left = [one for one in temporary.iterdir() if not one.match("workbook-ports*.lock")]
        shutil.rmtree(temporary)
    assert left == [] or name == "SIGKILL", left
