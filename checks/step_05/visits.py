"""What goes on beside the checks of step 05: each is a fixture, begun once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from checks.step_05.upheaval import Upheaval, upset
from checks.support.later import Later
from checks.support.project import Project
from checks.support.runs import Crowd, watch
from checks.support.sockets import Sockets, opened_sockets
from checks.support.stalled import Stalled, lay_copy, stall
from checks.support.twin import opened_twin
from workbook.browser import find_chromium

if TYPE_CHECKING:
    from checks.support.live_page import LivePage

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
    if any("stalled" in item.fixturenames for item in request.session.items):
        request.getfixturevalue("stalled")
    return Later(lambda: watch(project, sockets))


@pytest.fixture(scope="package")
def stalled(project: Project) -> Later[Stalled]:
    """Look at a web process whose tasks can't be sent, beside the other checks."""
    folder = lay_copy(project.running())
    return Later(lambda: stall(project, folder))


@pytest.fixture(scope="package")
def upheaval(project: Project) -> Iterator[Later[Upheaval]]:
    """Kill a twin's worker, and restart its Redis, beside the other checks."""
    with opened_twin(project) as twin, opened_sockets() as sockets:
        upsetting = Later(lambda: upset(twin, sockets))
        yield upsetting
        twin.close()
        upsetting.wait(END_SECONDS)


@pytest.fixture(scope="package")
def live_page() -> Iterator[LivePage | None]:
    """Start a real browser, where there is one, beside the other checks."""
    # Imported by those alone who use a browser: it takes as long as a fifth of pytest's start.
    from checks.support.live_page import LivePage

    executable = find_chromium()
    page = LivePage(executable) if executable else None
    yield page
    if page:
        page.close()
