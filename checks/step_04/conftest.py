"""The fixtures of this step: one project, started once, and its visitors."""

import contextlib

import pytest

from checks.step_04.visits import SILENCE, beside, pages, sockets, told
from checks.support.fixtures import project, target
from checks.support.ground import test_the_processes_start
from checks.support.project import IDLE, Project
from checks.support.verdict import NotYet

__all__ = ["beside", "pages", "project", "sockets", "target", "told"]


@pytest.fixture(autouse=True)
def side_by_side(request: pytest.FixtureRequest, project: Project) -> None:
    """Start the silent page's server beside the others, if somebody will look at it."""
    asked = any(item.name == SILENCE for item in request.session.items)
    if asked and request.function is test_the_processes_start:
        # Whatever is wrong here is told by the check itself.
        with contextlib.suppress(NotYet):
            project.migrated()
            project.prepare_detached(IDLE)
