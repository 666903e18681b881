"""The fixtures of this step: one project, started once, and what its visitors go through."""

import contextlib

import pytest

from checks.step_05.by_hand import test_a_call_by_hand_reaches_the_page
from checks.step_05.visits import crowd, live_page, sockets, stalled, upheaval
from checks.support.fixtures import project, target
from checks.support.ground import test_the_processes_start
from checks.support.verdict import CannotTell, NotYet

__all__ = ["crowd", "live_page", "project", "sockets", "stalled", "target", "upheaval"]

# What takes long, and the check beside which it begins.
BEGINNINGS = {
    "upheaval": test_the_processes_start,
    "live_page": test_a_call_by_hand_reaches_the_page,
}


@pytest.fixture(autouse=True)
def side_by_side(request: pytest.FixtureRequest) -> None:
    """Begin early what takes long and a later check reads, beside what the check at hand does."""
    wanted = {name for item in request.session.items for name in item.fixturenames}
    for name, function in BEGINNINGS.items():
        if name in wanted and request.function is function:
            # Whatever is wrong here is told by the check itself.
            with contextlib.suppress(NotYet, CannotTell):
                request.getfixturevalue(name)
