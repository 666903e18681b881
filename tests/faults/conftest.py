"""The fixture of the fault tests."""

from __future__ import annotations

import pytest

from tests.faults.thresholds import Figures, require_within


@pytest.fixture
def figure() -> Figures:
    """Return what takes a figure's name and value, and holds it to its bound."""
    return require_within
