"""The fixtures of the steps with a websocket; the others need not wait for what it imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest

from checks.clients.background import Later
from checks.clients.websocket_client import Sockets, opened_sockets
from checks.harness.instances import opened_web
from checks.harness.project import Project
from checks.harness.real_browser import find_browser
from checks.target import Target
from workbook.redis_server.server import private_redis

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
    """Begin to close the websockets of pages in a real browser, beside the other checks.

    Their server's database and Redis are its own: a page that opens there takes no lock from the
    pages of `project`.
    """
    project.prepared()
    folder = project.copy_beside("closed-pages")
    with closing_pages(target, lambda: _opened_apart(project, folder)) as closing:
        yield closing


@contextmanager
def _opened_apart(project: Project, folder: Path) -> Iterator[str]:
    """Start a web process in `folder`, with a Redis of its own; return its address."""
    with (
        private_redis(run=project.run) as redis,
        opened_web(project.launcher, folder, broker=redis.url) as url,
    ):
        yield url


@contextmanager
def closing_pages(
    target: Target, opened: Callable[[], AbstractContextManager[str]]
) -> Iterator[Later[ClosedPages]]:
    """Begin to close the websockets of pages at the address that `opened` gives, while it is open.

    Nobody must send there.
    """
    executable = find_browser(target)
    # Imported by those alone who use a browser: it takes as long as a fifth of pytest's start.
    from checks.common.connection import closed_pages_at

    given_up = Event()
    closing = Later(lambda: closed_pages_at(opened, executable, given_up))
    try:
        yield closing
    finally:
        # Where another check ended the run, the browser must not outlive it.
        given_up.set()
        closing.wait(END_SECONDS)
