"""What goes on beside the checks of step 05: each is a fixture, begun once."""

from collections.abc import Iterator

import pytest

from checks.clients.background import Later
from checks.clients.websocket_client import Sockets, opened_sockets
from checks.common.prefetch import is_before_the_rest, wanted_fixtures
from checks.harness.project import Project, opened_twin
from checks.step_05.blocked_send import BlockedSend, block_send
from checks.step_05.failover import Failover, fail_over
from checks.step_05.status_run import WatchedRun, watch

END_SECONDS = 5


@pytest.fixture(scope="package")
def watched_run(
    project: Project, sockets: Sockets, request: pytest.FixtureRequest
) -> Later[WatchedRun]:
    """Watch five visitors at once, beside the other checks."""
    project.running()
    if "blocked_send" in wanted_fixtures(request) and not is_before_the_rest(request):
        request.getfixturevalue("blocked_send")
    return Later(lambda: watch(project, sockets))


@pytest.fixture(scope="package")
def blocked_send(project: Project) -> Later[BlockedSend]:
    """Look at a web process whose tasks can't be sent, beside the other checks."""
    folder = project.running().copy_beside("behind-the-proxy")
    return Later(lambda: block_send(project, folder))


@pytest.fixture(scope="package")
def failover(project: Project) -> Iterator[Later[Failover]]:
    """Kill a twin's worker, beside the other checks."""
    with opened_twin(project) as twin, opened_sockets() as sockets:
        failing_over = Later(lambda: fail_over(twin, sockets))
        yield failing_over
        twin.close()
        failing_over.wait(END_SECONDS)
