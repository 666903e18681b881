"""A visitor who sends a task from the start page with htmx, and what came back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from checks.clients.http_client import Answer, Visitor, visiting

PATH = "/check-status/"
POST_SECONDS = 4


@dataclass(frozen=True)
class Sent:
    """A visitor who sent a task with htmx, and what came back."""

    visitor: Visitor
    answer: Answer
    url: str

    @property
    def task_id(self) -> str:
        """The id that the answer names."""
        return self.answer.task_ids()[0]


@contextmanager
def sending(url: str) -> Iterator[Sent]:
    """Send a task with htmx, as a new visitor."""
    with visiting(url) as visitor:
        visitor.get("/", within=POST_SECONDS)
        yield Sent(visitor, visitor.post(PATH, htmx=True, within=POST_SECONDS), url)
