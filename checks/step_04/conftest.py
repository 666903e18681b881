"""The fixtures of this step: one project, started once, and its visitors."""

import contextlib

import pytest

from checks.step_04.opening import test_runserver_opens_the_websocket
from checks.step_04.visits import ALONE, BROWSER, SILENCE, beside, pages, sockets, told
from checks.support.fixtures import project, target
from checks.support.ground import test_the_processes_start
from checks.support.probing import ProbeError
from checks.support.project import Project
from checks.support.verdict import CannotTell, NotYet

__all__ = ["beside", "pages", "project", "sockets", "target", "told"]


@pytest.fixture(autouse=True)
def side_by_side(request: pytest.FixtureRequest, project: Project) -> None:
    """Begin early what takes long, beside what the check at hand does."""
    wanted = {item.name for item in request.session.items}
    # Whatever is wrong here is told by the check itself.
    with contextlib.suppress(NotYet, CannotTell, ProbeError):
        if request.function is test_the_processes_start and wanted & {SILENCE, BROWSER}:
            request.getfixturevalue("beside")
        elif request.function is test_runserver_opens_the_websocket and ALONE in wanted:
            project.running().ask("load_asgi")
