"""The guide's site, built once for the tests that look at it."""

import os
import sys
from pathlib import Path

import pytest

from tests.support.commands import run_command
from workbook.paths import ROOT


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the guide strictly; return the folder of the site."""
    folder = tmp_path_factory.mktemp("guide") / "site"
    built = run_command(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        ROOT,
        os.environ | {"PYTHONUTF8": "1", "NO_MKDOCS_2_WARNING": "1"},
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder
