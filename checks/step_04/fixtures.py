"""Step 04's visitors: two pages that are open, one in silence, one in a real browser."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from checks.clients.background import Later
from checks.clients.websocket_client import Frame, Sockets, WebsocketClient
from checks.common.group import GROUP
from checks.common.live_fixtures import closing_pages
from checks.harness.diagnosis.evidence import Evidence
from checks.harness.diagnosis.explain import explain
from checks.harness.probe_client import ProbeError
from checks.harness.process_log import learners_frames
from checks.harness.project import IDLE, Project
from checks.pace import patience
from checks.step_04.handshake import open_page
from checks.target import Target
from checks.verdicts import NotYet

if TYPE_CHECKING:
    from checks.common.connection import ClosedPages

SENT = "sent a message to the group status, from another process"
REACH_SECONDS = 3
# How long the silent page is watched; a layer that gives up does so after 5 s without a message.
# Then what it may take until it is told of, its server's start and all.
IDLE_SECONDS, IDLE_PATIENCE_SECONDS = 7, 20


@pytest.fixture(scope="package")
def silent_page(project: Project, sockets: Sockets, idle_web: None) -> Later[WebsocketClient]:
    """Begin to watch a page that is sent nothing, beside the other checks."""
    return Later(lambda: _be_silent(project, sockets))


def _be_silent(project: Project, sockets: Sockets) -> WebsocketClient:
    """Open a page at a server of its own, where nobody sends, and return it after its silence."""
    page = sockets.open(project.detached(IDLE))
    page.wait_for(lambda: False, IDLE_SECONDS)
    return page


@pytest.fixture(scope="package")
def closed_pages(project: Project, target: Target, idle_web: None) -> Iterator[Later[ClosedPages]]:
    """Begin to close the websockets of pages in a real browser, where the silent page is too.

    Here no page takes a lock: they need no server of their own, which takes seconds to start.
    """
    with closing_pages(target, lambda: nullcontext(project.detached(IDLE))) as closing:
        yield closing


@pytest.fixture(scope="package")
def loading_alone(project: Project) -> None:
    """Begin to load the application in a Python of its own: its check asks what came of it."""
    with suppress(ProbeError):
        project.running().ask("load_asgi")


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
    deadline = time.monotonic() + patience(REACH_SECONDS)
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
        not_yet = NotYet(
            done=SENT,
            seen="an error, and no message was sent",
            expected="a message that the layer accepts",
            look_at="config/settings.py, CHANNEL_LAYERS",
            guide="04, The channel layer",
            words=learners_frames(str(error), project.folder),
        )
        raise explain(not_yet, Evidence(str(error), project.folder)) from None
