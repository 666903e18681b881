"""Step 04's visitors: two pages that are open, one in silence, one in a real browser."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from checks.clients.background import Later
from checks.clients.websocket_client import Frame, Sockets, WebsocketClient, opened_sockets
from checks.harness.probe_client import ProbeError
from checks.harness.process_log import learners_frames
from checks.harness.project import IDLE, Project
from checks.harness.real_browser import find_browser, has_browser
from checks.step_04.handshake import open_page
from checks.target import Target
from checks.verdicts import NotYet

if TYPE_CHECKING:
    from checks.clients.browser import LivePage

GROUP = "status"
SENT = "sent a message to the group status, from another process"
REACH_SECONDS = 3
# How long the silent page is watched; a layer that gives up does so after 5 s without a message.
# Then what it may take until it is told of, its server's start and all.
IDLE_SECONDS, IDLE_PATIENCE_SECONDS = 7, 20
# The checks for which something goes on beside the others.
SILENCE = "test_a_silent_websocket_stays_open"
ALONE = "test_any_server_can_load_the_application"
BROWSER = "test_a_browser_shows_what_is_sent"


@pytest.fixture(scope="package")
def sockets() -> Iterator[Sockets]:
    """Return what opens websockets."""
    with opened_sockets() as opened:
        yield opened


@dataclass
class BackgroundPages:
    """What goes on beside the checks: a page nobody speaks to, and one in a real browser."""

    idle: Later[WebsocketClient] | None = None
    live: LivePage | None = None

    def close(self) -> None:
        """End what can be ended."""
        if self.live:
            self.live.close()


@pytest.fixture(scope="package")
def background_pages(
    project: Project, target: Target, sockets: Sockets, request: pytest.FixtureRequest
) -> Iterator[BackgroundPages]:
    """Begin what takes long, if its check is asked for, while the processes start."""
    wanted = {item.name for item in request.session.items}
    background_pages = BackgroundPages()
    if SILENCE in wanted:
        project.prepare_detached(IDLE)
        background_pages.idle = Later(lambda: _be_silent(project, sockets))
    if BROWSER in wanted and has_browser():
        # Imported by those alone who use a browser: it takes as long as a fifth of pytest's start.
        from checks.clients.browser import LivePage

        background_pages.live = LivePage(find_browser(target))
    yield background_pages
    background_pages.close()


def _be_silent(project: Project, sockets: Sockets) -> WebsocketClient:
    """Open a page at a server of its own, where nobody sends, and return it after its silence."""
    page = sockets.open(project.detached(IDLE))
    page.wait_for(lambda: False, IDLE_SECONDS)
    return page


@pytest.fixture(scope="package")
def pages(project: Project, sockets: Sockets) -> list[WebsocketClient]:
    """Open two pages."""
    return [open_page(project, sockets) for _ in range(2)]


@dataclass
class GroupMessage:
    """A message to the group, and the frame that brought it to each of the pages, if one did."""

    status: str
    frames: list[Frame | None]


@pytest.fixture(scope="package")
def group_message(project: Project, pages: list[WebsocketClient]) -> GroupMessage:
    """Send a status to the group, from another process, until both pages have it."""
    name = f"HELLO-{uuid.uuid4().hex[:4]}"
    status = f"<b>{name}</b>"
    deadline = time.monotonic() + REACH_SECONDS
    while True:
        send(project, status)
        frames = [page.sees(name, 1) for page in pages]
        is_over = not all(page.is_open for page in pages) or time.monotonic() > deadline
        if all(frames) or is_over:
            return GroupMessage(status, frames)


def send(project: Project, status: str) -> None:
    """Send a status to everybody in the group, as a line typed into the shell does."""
    try:
        project.ask("group_send", group=GROUP, message={"type": "send_status", "status": status})
    except ProbeError as error:
        raise NotYet(
            done=SENT,
            seen="an error instead of a message that went out",
            expected="a message that the layer takes",
            look_at="config/settings.py, CHANNEL_LAYERS",
            guide="04, The channel layer",
            words=learners_frames(str(error), project.folder),
        ) from None
