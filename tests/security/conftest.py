"""The running snapshots that several modules look at."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.production import patched_workbook
from tests.support.snapshots import SnapshotRun, snapshot_run

# As on a server: with DEBUG on, Django shows a traceback to whoever sends it something malformed.
IN_PUBLIC = {
    "DEBUG": "False",
    "SECRET_KEY": "a-key-of-these-tests-alone-long-enough-for-Djangos-own-check-0123456789",
    "ALLOWED_HOSTS": "127.0.0.1,localhost",
}


@pytest.fixture(scope="session")
def served() -> Iterator[SnapshotRun]:
    """The lesson robust as `workbook run` shows it, with DEBUG on. Leave it as it was."""
    with snapshot_run("robust", STATUS_INTERVAL="1") as run:
        yield run


@pytest.fixture(scope="session")
def in_public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SnapshotRun]:
    """The lesson robust with the settings that *Deploying* adds."""
    with _in_public("robust", tmp_path_factory, STATUS_INTERVAL="1") as run:
        yield run


@pytest.fixture(scope="session")
def polled_in_public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SnapshotRun]:
    """Step 03 with the same settings: no websocket, and Django's own development server."""
    with _in_public("03", tmp_path_factory) as run:
        yield run


@contextmanager
def _in_public(
    step: str, tmp_path_factory: pytest.TempPathFactory, **variables: str
) -> Iterator[SnapshotRun]:
    workbook = patched_workbook(tmp_path_factory.mktemp("public"), step)
    with snapshot_run("01", workbook=workbook, **IN_PUBLIC, **variables) as run:
        yield run
