"""The types of workbook/ and checks/ are right, on each system that the workbook runs on."""

import sys

import pytest

from tests.support.commands import run_command
from workbook.paths import ROOT

# On a fresh clone each takes five seconds of processor time: the other two are for long rounds.
PLATFORMS = [
    pytest.param(platform, marks=[] if platform == sys.platform else pytest.mark.long)
    for platform in ("linux", "darwin", "win32")
]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_mypy_finds_nothing(platform: str) -> None:
    # A cache each: what mypy knows of one system is worth nothing on another.
    cache = ROOT / ".mypy_cache" / platform
    done = run_command(
        [sys.executable, "-m", "mypy", "--platform", platform, "--cache-dir", str(cache)], ROOT
    )
    assert done.returncode == 0, done.stdout + done.stderr
