"""What goes on beside the checks of the lesson: each is a fixture, begun once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from checks.clients.background import Later
from checks.clients.htmx import Conversation
from checks.clients.websocket_client import WebsocketClient, opened_sockets
from checks.common.sent_task import sending
from checks.harness.project import IDLE, Project, opened_twin
from checks.harness.real_browser import find_browser
from checks.robust.behind_proxy import Refusals, be_refused
from checks.robust.locked_tables import NotStored, fill_the_disk
from checks.robust.redis_restart import restart_redis
from checks.target import Target
from checks.verdicts import NotYet

if TYPE_CHECKING:
    from checks.robust.silent_network import Silenced

END_SECONDS = 5
# How long a page without a status is watched, and how much of it is still its greeting.
HEARTBEAT_SECONDS, GREETING_SECONDS = 30, 2
# When a task that has begun tells its progress, and how long the page is looked at afterwards.
UPDATE_SECONDS, SILENT_SECONDS, BEGIN_SECONDS = 5, 13, 20


@pytest.fixture(scope="package")
def refusals(project: Project) -> Later[Refusals]:
    """Look at a web process that Redis refuses, beside the other checks."""
    project.prepared()
    folder = project.copy_beside("behind-the-proxy")
    return Later(lambda: be_refused(project, folder))


@pytest.fixture(scope="package")
def not_stored(project: Project) -> Later[NotStored]:
    """Look at a web process that can store no row, beside the other checks."""
    project.prepared()
    session = project.ask("store_session")
    folder = project.copy_beside("without-space")
    return Later(lambda: fill_the_disk(project, folder, session))


@pytest.fixture(scope="package")
def restarted(project: Project) -> Iterator[Later[NotYet | None]]:
    """Restart a twin's Redis, beside the other checks."""
    with opened_twin(project) as twin, opened_sockets() as sockets:
        restarting = Later(lambda: restart_redis(twin, sockets))
        yield restarting
        twin.close()
        restarting.wait(END_SECONDS)


@dataclass(frozen=True)
class SilentTask:
    """A page that polls for a task, and when the task was last heard of, in the page's seconds."""

    talk: Conversation
    updated_at: float


@pytest.fixture(scope="package")
def silent_task(project: Project, idle_web: None) -> Iterator[Later[SilentTask]]:
    """Poll for a task that tells its progress once and is silent then, beside the other checks."""
    with ExitStack() as stack:

        def ask() -> SilentTask:
            one = stack.enter_context(sending(project.detached(IDLE)))

            def store(state: str, **stored: object) -> None:
                if one.answer.task_ids():
                    project.ask("store_state", task_id=one.task_id, state=state, text=stored)

            store("STARTED", pid=1, hostname="celery@here")
            seconds = UPDATE_SECONDS + SILENT_SECONDS
            talk = Conversation(one.visitor, one.answer, interval=0.25, seconds=seconds)
            stack.callback(talk.stop)
            talk.wait_until(lambda: talk.seconds >= UPDATE_SECONDS)
            store("PROGRESS", percent=20)
            return SilentTask(talk, talk.seconds)

        asking = Later(ask)
        yield asking
        asking.wait(BEGIN_SECONDS)


@pytest.fixture(scope="package")
def quiet_page(project: Project, idle_web: None) -> Iterator[Later[WebsocketClient]]:
    """Watch a page that no status is sent to, beside the other checks."""
    with opened_sockets() as sockets:

        def watch() -> WebsocketClient:
            page = sockets.open(project.detached(IDLE))
            page.wait_for(lambda: heartbeat_at(page), HEARTBEAT_SECONDS)
            return page

        yield Later(watch)


def heartbeat_at(page: WebsocketClient) -> float | None:
    """Return how many seconds after its opening a page was sent something, its greeting aside."""
    came = [frame.at - page.opened_at for frame in [*page.frames, *page.comments]]
    return next((after for after in sorted(came) if after > GREETING_SECONDS), None)


@pytest.fixture(scope="package")
def silenced(project: Project, target: Target, idle_web: None) -> Later[Silenced]:
    """Let the network of a page in a real browser go silent, beside the other checks."""
    executable = find_browser(target)
    # Imported by those alone who use a browser: it takes as long as a fifth of pytest's start.
    from checks.robust.silent_network import go_silent

    return Later(lambda: go_silent(project.detached(IDLE), executable))
