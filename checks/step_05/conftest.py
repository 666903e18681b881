"""The fixtures of this step: one project, started once, and what its visitors go through."""

import contextlib

import pytest

from checks.common.fixtures import project, target, wanted_fixtures
from checks.common.startup_checks import test_the_processes_start
from checks.step_05.exercise import goes_beside, pushed
from checks.step_05.fixtures import blocked_send, crowd, failover, live_page, sockets
from checks.step_05.test_websocket_celery import (
    test_a_call_by_hand_reaches_the_page,
    test_five_visitors_stay_connected,
)
from checks.verdicts import CannotTell, NotYet

__all__ = [
    "blocked_send",
    "crowd",
    "failover",
    "live_page",
    "project",
    "pushed",
    "sockets",
    "target",
]

# What takes long, and the check beside which it begins.
BEGINNINGS = {
    "failover": test_the_processes_start,
    "live_page": test_a_call_by_hand_reaches_the_page,
}


@pytest.fixture(autouse=True)
def side_by_side(request: pytest.FixtureRequest) -> None:
    """Begin early what takes long and a later check reads, beside what the check at hand does."""
    wanted = wanted_fixtures(request)
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
