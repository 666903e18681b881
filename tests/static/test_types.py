"""The types of workbook/ and checks/ are right, on each system that the workbook runs on."""

import subprocess
import sys

import pytest

from workbook.paths import ROOT
from workbook.runtime.process_output import AS_TEXT

# On a fresh clone each takes five seconds of processor time: the other two are for long rounds.
PLATFORMS = [
    pytest.param(platform, marks=[] if platform == sys.platform else pytest.mark.long)
    for platform in ("linux", "darwin", "win32")
]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_mypy_finds_nothing(platform: str) -> None:
    # A cache each: what mypy knows of one system is worth nothing on another.
    cache = ROOT / ".mypy_cache" / platform
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--platform", platform, "--cache-dir", str(cache)],
        cwd=ROOT,
        capture_output=True,
        **AS_TEXT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
