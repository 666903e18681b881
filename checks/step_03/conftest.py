"""The fixtures of this step: one project, started once, and what its visitors go through."""

import contextlib

import pytest

from checks.common.fixtures import project, target, wanted_fixtures
from checks.common.startup_checks import test_the_processes_start
from checks.harness.project import FROZEN, IDLE, Project
from checks.step_03.fixtures import away, browsing, conversation, looking, sent, silence, unheard
from checks.step_03.test_poll_task_status import test_the_fragment_asks_for_the_status
from checks.verdicts import CannotTell, NotYet

__all__ = [
    "away",
    "browsing",
    "conversation",
    "looking",
    "project",
    "sent",
    "silence",
    "target",
    "unheard",
]


@pytest.fixture(autouse=True)
def side_by_side(request: pytest.FixtureRequest, project: Project) -> None:
    """Begin early what takes long and a later check reads, beside what the check at hand does."""
    wanted = wanted_fixtures(request)
    if request.function is test_the_processes_start:
        # Whatever is wrong here is told by the check itself.
        with contextlib.suppress(NotYet, CannotTell):
            for kind, visits in {IDLE: {"unheard", "silence"}, FROZEN: {"away"}}.items():
                if wanted & visits:
                    project.prepare_detached(kind)
            for name in sorted(wanted & {"looking", "silence"}):
                request.getfixturevalue(name)
    elif request.function is test_the_fragment_asks_for_the_status and "browsing" in wanted:
        with contextlib.suppress(CannotTell):
            request.getfixturevalue("browsing")
