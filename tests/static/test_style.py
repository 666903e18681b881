"""The workbook's own code is linted and formatted."""

import subprocess
import sys

import pytest

from workbook.paths import ROOT
from workbook.runtime.process_output import AS_TEXT


@pytest.mark.parametrize("verb", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_finds_nothing(verb: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *verb, "."], cwd=ROOT, capture_output=True, **AS_TEXT
    )
    assert done.returncode == 0, done.stdout
