"""What the visitors of step 03 go through: each is a fixture, and most go on side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from checks.clients.htmx import Conversation
from checks.common.sent_task import Sent, sending
from checks.harness.project import FROZEN, IDLE, Project
from checks.harness.real_browser import find_browser
from checks.target import Target

if TYPE_CHECKING:
    from checks.step_03.browser_session import Browsing

# The task's own 5 s, in a queue behind nobody, with room for a slow machine.
TASK_SECONDS = 12


@pytest.fixture(scope="package")
def sent(project: Project) -> Iterator[Sent]:
    """Send a task that a worker takes."""
    with sending(project.running().url) as one:
        yield one


@pytest.fixture(scope="package")
def unheard(project: Project, idle_web: None) -> Iterator[Sent]:
    """Send a task that no worker will ever take."""
    with sending(project.detached(IDLE)) as one:
        yield one


@pytest.fixture(scope="package")
def conversation(sent: Sent) -> Iterator[Conversation]:
    """Ask until the task is done, from now on and beside the other checks."""
    talk = Conversation(sent.visitor, sent.answer, interval=0.25, seconds=TASK_SECONDS)
    yield talk
    talk.stop()


@pytest.fixture(scope="package")
def broker_down(project: Project, frozen_web: None) -> str:
    """Return the address of a page whose broker refuses connections."""
    url = project.detached(FROZEN)
    project.refuse()
    return url


@pytest.fixture(scope="package")
def looking(target: Target) -> Iterator[Browsing]:
    """Start a real browser, beside the other checks."""
    executable = find_browser(target)
    # Imported by those alone who use a browser: it takes as long as a fifth of pytest's start.
    from checks.step_03.browser_session import Browsing

    browsing = Browsing(executable)
    yield browsing
    browsing.stop()


@pytest.fixture(scope="package")
def browsing(project: Project, broker_down: str, sent: Sent, looking: Browsing) -> Browsing:
    """Look at three pages in it. The task that was sent before has its turn first."""
    looking.visit(project.url, project.detached(IDLE), broker_down)
    return looking
