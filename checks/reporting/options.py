"""pytest's option `--target`. Loaded early, so that its folder isn't taken for one of tests."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--target`."""
    parser.getgroup("workbook").addoption(
        "--target",
        metavar="DIR",
        help="the project that checks/ looks at; default: work/, else the step's snapshot",
    )
