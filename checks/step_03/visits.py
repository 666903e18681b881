"""What the visitors of step 03 go through: each is a fixture, and most go on side by side."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from checks.step_03.in_a_browser import Browsing
from checks.support.conversation import Conversation
from checks.support.project import FROZEN, IDLE, Project
from checks.support.visitor import Answer, Visitor, visiting

PATH = "/check-status/"
POST_SECONDS = 4
# The task's own 5 s, in a queue behind nobody, with room for a slow machine.
TASK_SECONDS, SILENT_SECONDS = 12, 12.5


@dataclass(frozen=True)
class Sent:
    """A visitor who sent a task by htmx, and what came back."""

    visitor: Visitor
    answer: Answer
    url: str

    @property
    def task_id(self) -> str:
        """The id that the answer names."""
        return self.answer.task_ids()[0]


@contextmanager
def sending(url: str) -> Iterator[Sent]:
    """Send a task by htmx, as a new visitor."""
    with visiting(url) as visitor:
        visitor.get("/", within=POST_SECONDS)
        yield Sent(visitor, visitor.post(PATH, htmx=True, within=POST_SECONDS), url)


@pytest.fixture(scope="package")
def sent(project: Project) -> Iterator[Sent]:
    """Send a task that a worker takes."""
    with sending(project.running().url) as one:
        yield one


@pytest.fixture(scope="package")
def unheard(project: Project) -> Iterator[Sent]:
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
def silence(project: Project) -> Iterator[Conversation]:
    """Ask for a task that no worker takes, beside the other checks: the longest wait of all."""
    with sending(project.detached(IDLE)) as one:
        talk = Conversation(one.visitor, one.answer, interval=0.5, seconds=SILENT_SECONDS)
        yield talk
        talk.stop()


@pytest.fixture(scope="package")
def away(project: Project) -> str:
    """Return the address of a page whose broker refuses connections."""
    url = project.detached(FROZEN)
    project.refuse()
    return url


@pytest.fixture(scope="package")
def browsing(project: Project, away: str) -> Iterator[Browsing]:
    """Look through a real browser, beside the other checks."""
    looking = Browsing(project.url, project.detached(IDLE), away)
    yield looking
    looking.stop()
