"""The fixtures of the steps with a websocket; the others need not wait for what it imports."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event
from typing import TYPE_CHECKING

import pytest

from checks.clients.background import Later
from checks.clients.websocket_client import Sockets, opened_sockets
from checks.harness.project import Project
from checks.harness.real_browser import find_browser
from checks.harness.working_copy import copy_with_tables
from checks.target import Target

if TYPE_CHECKING:
    from checks.clients.browser import LivePage
    from checks.common.connection import ClosedPages


# What a browser takes to start or to end on a slow machine.
END_SECONDS = 20


@pytest.fixture(scope="package")
def sockets() -> Iterator[Sockets]:
    """Return what opens websockets."""
    with opened_sockets() as opened:
        yield opened


@pytest.fixture(scope="package")
def live_page(target: Target) -> Iterator[LivePage]:
    """Start a real browser, beside the other checks."""
    executable = find_browser(target)
    # Imported by those alone who use a browser: it takes as long as a fifth of pytest's start.
    from checks.clients.browser import LivePage

    page = LivePage(executable)
    yield page
    page.close()


@pytest.fixture(scope="package")
def closed_pages(project: Project, target: Target) -> Iterator[Later[ClosedPages]]:
    """Begin to close the websockets of pages in a real browser, beside the other checks."""
    executable = find_browser(target)
    from checks.common.connection import closed_pages_of

    project.prepared()
    folder = project.folder.parent / "closed-pages"
    copy_with_tables(project.folder, folder, project.databases)
    given_up = Event()
    closing = Later(lambda: closed_pages_of(project, folder, executable, given_up))
    yield closing
    # Where another check ended the run, the browser must not outlive it.
    given_up.set()
    closing.wait(END_SECONDS)
