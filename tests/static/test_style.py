"""The workbook's own code is linted and formatted."""

import sys

import pytest

from tests.support.commands import run_command
from workbook.paths import ROOT


@pytest.mark.parametrize("verb", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_finds_nothing(verb: list[str]) -> None:
    done = run_command([sys.executable, "-m", "ruff", *verb, "."], ROOT)
    assert done.returncode == 0, done.stdout
