"""The running snapshot that several modules look at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.snapshots import SnapshotRun, snapshot_run


@pytest.fixture(scope="session")
def served() -> Iterator[SnapshotRun]:
    """Step 05 as `workbook run` shows it, with DEBUG on. Whoever uses it leaves it as it was."""
    with snapshot_run("05", STATUS_INTERVAL="1") as run:
        yield run
