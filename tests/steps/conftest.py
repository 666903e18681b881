"""The snapshot that a module looks at, as `workbook run` runs it."""

from collections.abc import Iterator

import pytest

from tests.support.snapshots import SnapshotRun, snapshot_run


@pytest.fixture(scope="module")
def step(request: pytest.FixtureRequest) -> Iterator[SnapshotRun]:
    """Run the STEP of the module."""
    with snapshot_run(request.module.STEP) as run:
        yield run
