"""The running snapshot that several modules look at."""

from collections.abc import Iterator

import pytest

from tests.support.snapshots import SnapshotRun, snapshot_run

# As on a server: with DEBUG on, Django shows a traceback to whoever sends it something malformed.
IN_PUBLIC = {
    "DEBUG": "False",
    "SECRET_KEY": "a-key-of-these-tests-alone-long-enough-for-Djangos-own-check-0123456789",
    "ALLOWED_HOSTS": "127.0.0.1,localhost",
}


@pytest.fixture(scope="session")
def served() -> Iterator[SnapshotRun]:
    """Step 05 as `workbook run` shows it, with DEBUG on. Whoever uses it leaves it as it was."""
    with snapshot_run("05", STATUS_INTERVAL="1") as run:
        yield run


@pytest.fixture(scope="session")
def in_public() -> Iterator[SnapshotRun]:
    """Step 05 with the three settings that its .env.example names for a server."""
    with snapshot_run("05", STATUS_INTERVAL="1", **IN_PUBLIC) as run:
        yield run


@pytest.fixture(scope="session")
def polled_in_public() -> Iterator[SnapshotRun]:
    """Step 03 with the same settings: no websocket, and Django's own development server."""
    with snapshot_run("03", **IN_PUBLIC) as run:
        yield run
