"""The fixtures of this step: one project, started once, and its visitors."""

import contextlib

import pytest

from checks.common.fixtures import project, target
from checks.common.startup_checks import test_the_processes_start
from checks.harness.probe_client import ProbeError
from checks.harness.project import Project
from checks.step_04.fixtures import (
    ALONE,
    BROWSER,
    SILENCE,
    background_pages,
    group_message,
    pages,
    sockets,
)
from checks.step_04.test_setup_websocket import test_runserver_opens_the_websocket
from checks.verdicts import CannotTell, NotYet

__all__ = ["background_pages", "group_message", "pages", "project", "sockets", "target"]


@pytest.fixture(autouse=True)
def side_by_side(request: pytest.FixtureRequest, project: Project) -> None:
    """Begin early what takes long, beside what the check at hand does."""
    wanted = {item.name for item in request.session.items}
    # Whatever is wrong here is told by the check itself.
    with contextlib.suppress(NotYet, CannotTell, ProbeError):
        if request.function is test_the_processes_start and wanted & {SILENCE, BROWSER}:
            request.getfixturevalue("background_pages")
        elif request.function is test_runserver_opens_the_websocket and ALONE in wanted:
            project.running().ask("load_asgi")
