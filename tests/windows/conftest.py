"""A clone of the workbook on Windows, for the tests that are marked so."""

from collections.abc import Callable, Iterator

import pytest

from benchmarks.versions import LEFT_OUT
from tests.versions.grounds import NoGround
from tests.windows.clone import Clone, Windows, find_windows, prepared_clone


@pytest.fixture(scope="session")
def windows() -> Windows | NoGround:
    """Return a Windows, or the reason why there is none here."""
    try:
        return find_windows()
    except NoGround as none:
        return none


@pytest.fixture
def on_windows(
    windows: Windows | NoGround, record_property: Callable[[str, object], None]
) -> Windows:
    """Return a Windows; report and skip where there can be none."""
    return require(windows, record_property)


def require(found: Windows | NoGround, report: Callable[[str, object], None]) -> Windows:
    """Return what was found. Where that is a reason (no root, no mirror), report it and skip."""
    if isinstance(found, NoGround):
        report(LEFT_OUT, f"Windows under Wine: {found}")
        pytest.skip(str(found))
    return found


@pytest.fixture(scope="module")
def modules_clone(windows: Windows | NoGround) -> Iterator[Clone | None]:
    """Return a clone of the module's own that is set up, None without a Windows."""
    if isinstance(windows, NoGround):
        yield None
        return
    with prepared_clone(windows) as clone:
        yield clone


@pytest.fixture
def clone(on_windows: Windows, modules_clone: Clone) -> Clone:
    """Return the module's clone."""
    return modules_clone
