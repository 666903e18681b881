"""What the visitors of step 02 go through: begun once, and side by side."""

import time
from dataclasses import dataclass

import pytest

from checks.clients.background import Later
from checks.clients.http_client import Answer, visiting
from checks.harness.project import FROZEN, Project
from checks.pace import delay, patience

TASK = "status.tasks.send_status"
PATH = "/check-status/"
ANSWER_SECONDS = 1
WORK_SECONDS = patience(10)
# What a page may take to say that the queue is unreachable, and how long we wait to see it.
UNREACHABLE_SECONDS, PATIENCE_SECONDS = 7 + delay(2), 9


@dataclass(frozen=True)
class Sent:
    """A task that a visitor sent by the form, and what became of it."""

    answer: Answer
    task_ids: list[str]  # those that no page named before
    received_before: int
    log_before: int
    result: Later[tuple[dict[str, str] | None, float]]  # the row, and the seconds until it came
    second: Answer  # what the same visitor was answered to a second form
    second_ids: list[str]  # those that no page named before it
    second_result: Later[tuple[dict[str, str] | None, float]]


@dataclass(frozen=True)
class Unreachable:
    """What a visitor saw while no task could be sent, and how long a page took that sends none."""

    answer: Answer
    plain_seconds: float

    @property
    def is_late(self) -> bool:
        """Tell whether the answer took too long, a slow machine's share taken off."""
        return self.answer.seconds - self.plain_seconds > UNREACHABLE_SECONDS


@pytest.fixture(scope="package")
def sent(project: Project) -> Sent:
    """Send two tasks by the form, one after the other, as a visitor does."""
    with visiting(project.running().url) as visitor:
        received, log = project.received(TASK), project.process("worker").log.size()
        known = visitor.get("/").task_ids()
        answer, start = visitor.post(PATH), time.monotonic()
        if answer.is_fine and answer.seconds > ANSWER_SECONDS:
            # A slow machine's first answer: the view, its imports, the first connection.
            known += answer.task_ids()
            again = visitor.post(PATH)
            answer = min(answer, again, key=lambda one: (not one.is_fine, one.seconds))
        task_ids = [one for one in answer.task_ids() if one not in known]
        second, second_start = visitor.post(PATH), time.monotonic()
    second_ids = [one for one in second.task_ids() if one not in (*known, *answer.task_ids())]
    return Sent(
        answer,
        task_ids,
        received,
        log,
        Later(lambda: _result(project, task_ids, start)),
        second,
        second_ids,
        Later(lambda: _result(project, second_ids, second_start)),
    )


def _result(
    project: Project, task_ids: list[str], start: float
) -> tuple[dict[str, str] | None, float]:
    # Without an id there is nothing to ask for: a thread that asks all the same takes the processor
    # from the checks.
    while task_ids and time.monotonic() < start + WORK_SECONDS:
        for task_id in task_ids:
            if row := project.result(task_id, within_seconds=0.1):
                return row, time.monotonic() - start
    return None, time.monotonic() - start


@pytest.fixture(scope="package")
def frozen(project: Project, frozen_web: None) -> Later[Unreachable]:
    """Send a task while the broker takes connections and answers nothing."""
    return Later(lambda: visit_without_broker(project))


def visit_without_broker(project: Project) -> Unreachable:
    """Send a task by a web process whose broker is unreachable: it hangs or refuses from now on."""
    with visiting(project.detached(FROZEN)) as visitor:
        visitor.get("/")  # the first page of a process takes longer
        plain = visitor.get("/")
        answer = visitor.post(PATH, within=PATIENCE_SECONDS + plain.seconds)
        return Unreachable(answer, plain.seconds)
