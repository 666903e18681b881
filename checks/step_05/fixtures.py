"""What goes on beside the checks of step 05: each is a fixture, begun once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from checks.clients.background import Later
from checks.clients.websocket_client import Sockets, opened_sockets
from checks.common.fixtures import wanted_fixtures
from checks.harness.project import Project, opened_twin
from checks.harness.real_browser import find_browser
from checks.step_05.blocked_send import BlockedSend, block_send, copy_with_database
from checks.step_05.failover import Failover, fail_over
from checks.step_05.status_run import Crowd, watch
from checks.target import Target

if TYPE_CHECKING:
    from checks.clients.browser import LivePage

END_SECONDS = 5


@pytest.fixture(scope="package")
def sockets() -> Iterator[Sockets]:
    """Return what opens websockets."""
    with opened_sockets() as opened:
        yield opened


@pytest.fixture(scope="package")
def crowd(project: Project, sockets: Sockets, request: pytest.FixtureRequest) -> Later[Crowd]:
    """Watch five visitors at once, beside the other checks."""
    project.running()
    if "blocked_send" in wanted_fixtures(request):
        request.getfixturevalue("blocked_send")
    return Later(lambda: watch(project, sockets))


@pytest.fixture(scope="package")
def blocked_send(project: Project) -> Later[BlockedSend]:
    """Look at a web process whose tasks can't be sent, beside the other checks."""
    folder = copy_with_database(project.running())
    return Later(lambda: block_send(project, folder))


@pytest.fixture(scope="package")
def failover(project: Project) -> Iterator[Later[Failover]]:
    """Kill a twin's worker, and restart its Redis, beside the other checks."""
    with opened_twin(project) as twin, opened_sockets() as sockets:
        failing_over = Later(lambda: fail_over(twin, sockets))
        yield failing_over
        twin.close()
        failing_over.wait(END_SECONDS)


@pytest.fixture(scope="package")
def live_page(target: Target) -> Iterator[LivePage]:
    """Start a real browser, where there is one, beside the other checks."""
    executable = find_browser(target)
    # Imported by those alone who use a browser: it takes as long as a fifth of pytest's start.
    from checks.clients.browser import LivePage

    page = LivePage(executable)
    yield page
    page.close()
