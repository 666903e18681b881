"""The fixtures of this step: one project, started once, and what its visitors go through."""

import contextlib

import pytest

from checks.step_05.by_hand import test_a_call_by_hand_reaches_the_page
from checks.step_05.crowd import test_five_visitors_stay_connected
from checks.step_05.visits import crowd, live_page, sockets, stalled, upheaval
from checks.step_05.your_turn import goes_beside, pushed
from checks.support.fixtures import project, target
from checks.support.ground import test_the_processes_start
from checks.support.verdict import CannotTell, NotYet

__all__ = ["crowd", "live_page", "project", "pushed", "sockets", "stalled", "target", "upheaval"]

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
    if "pushed" in wanted and request.function is test_five_visitors_stay_connected:
        begin_exercise(request)


def begin_exercise(request: pytest.FixtureRequest) -> None:
    """Begin the exercise beside the crowd, where somebody solved it and nobody is held up."""
    if goes_beside(request.getfixturevalue("project")):
        request.getfixturevalue("pushed")
