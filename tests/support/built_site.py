"""The guide's site, built once for all tests of a run, whichever worker they run on."""

import os
import sys
from pathlib import Path

import pytest

from tests.support.commands import SECONDS, run_command
from workbook.paths import ROOT
from workbook.runtime.file_locks import locked


def build_once(factory: pytest.TempPathFactory) -> Path:
    """Build the guide strictly, unless another worker has; return the folder of the site."""
    base = factory.getbasetemp()
    # pytest-xdist gives each worker a folder of its own inside the run's.
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    site, done = shared / "guide-site", shared / "guide-site.done"
    with locked(shared / "guide-site.lock", within_seconds=2 * SECONDS):
        if not done.exists():
            built = run_command(
                [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", site],
                ROOT,
                os.environ | {"PYTHONUTF8": "1", "NO_MKDOCS_2_WARNING": "1"},
            )
            assert built.returncode == 0, built.stdout + built.stderr
            done.touch()
    return site
