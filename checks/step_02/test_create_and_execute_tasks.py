"""Step 02: ask now, work later."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

import pytest

from checks.support.ground import (
    test_django_loads_your_project,
    test_no_migration_is_missing,
    test_the_processes_start,
)
from checks.support.project import FROZEN, Project
from checks.support.verdict import NotYet, check
from checks.support.visitor import Answer, visiting

__all__ = [
    "test_django_loads_your_project",
    "test_no_migration_is_missing",
    "test_the_processes_start",
]

TASK = "status.tasks.send_status"
PATH = "/check-status/"
VIEWS, TASKS = "status/views.py", "status/tasks.py"
ANSWER_SECONDS = 1
WORK_SECONDS = 10
# What a page may take to say that the queue is away, and how long we wait to see it.
REFUSED_SECONDS, FROZEN_SECONDS, PATIENCE_SECONDS = 2, 7, 9


@dataclass(frozen=True)
class Sent:
    """A task that a visitor sent by the form."""

    answer: Answer
    received_before: int


@pytest.fixture(scope="package")
def sent(project: Project) -> Sent:
    """Send one task by the form, as a visitor does."""
    received = project.running().received(TASK)
    project.prepare_detached(FROZEN)
    with visiting(project.url) as visitor:
        visitor.get("/")
        return Sent(visitor.post(PATH), received)


@check("The worker knows the task by its name", after=(test_the_processes_start,))
def test_the_worker_knows_the_task(project: Project) -> None:
    answers = project.running().app.control.inspect(timeout=2, limit=1).registered() or {}
    known = sorted(name.split(" ")[0] for names in answers.values() for name in names)
    if TASK not in known:
        own = [name for name in known if not name.startswith("celery.")]
        raise NotYet(
            done="asked the worker which tasks it knows",
            seen=f"it knows {', '.join(own) or 'none of yours'}",
            expected=TASK,
            open=f"{TASKS}: is send_status a @shared_task, and status among INSTALLED_APPS?",
            guide="02, Write the task",
        )


@check("The start page has a form that posts to /check-status/", after=(test_the_processes_start,))
def test_the_start_page_has_the_form(project: Project) -> None:
    with visiting(project.running().url) as visitor:
        page = visitor.get("/")
    if page.status != 200:
        raise NotYet(
            done=page.done,
            seen=page.seen,
            expected="the start page",
            open="config/urls.py: does it include status.urls?",
            guide="02, Give the page an address",
            words=project.process("web").words.tail() if page.status >= 500 else "",
        )
    form = re.search(rf"<form\b[^>]*\b(action|hx-post)=[\"']?{PATH}[^>]*>", page.text)
    if not form or not re.search(r"method=[\"']?post|hx-post", form[0], re.IGNORECASE):
        raise NotYet(
            done=page.done,
            seen="no form that posts to /check-status/",
            expected='a form with method="post" and that address',
            open="templates/index.html",
            guide="02, Write the page",
        )


@check(
    "The page answers at once and names the task",
    after=(test_the_worker_knows_the_task, test_the_start_page_has_the_form),
)
def test_the_page_answers_at_once(project: Project, sent: Sent) -> None:
    answer = sent.answer
    if not answer.is_fine:
        raise NotYet(
            done=f"{answer.done} with the form's token",
            seen=answer.seen,
            expected=f"a page, in under {ANSWER_SECONDS} s",
            open=f"{VIEWS}, check_status",
            guide="02, Execute the task in the view",
            words=project.process("web").words.tail(),
        )
    if answer.seconds > ANSWER_SECONDS:
        raise NotYet(
            done=f"{answer.done} with the form's token",
            seen=answer.seen,
            expected=f"an answer in under {ANSWER_SECONDS} s: the waiting belongs in the worker",
            open=f"{VIEWS}: is the task sent with delay, or called?",
            guide="02, Execute the task in the view",
        )
    if not answer.task_ids():
        raise NotYet(
            done=f"{answer.done} with the form's token, and read the page it led to",
            seen="no task's id on it",
            expected="the id that delay returned",
            open=f"{VIEWS}: what does the page do with the result of delay?",
            guide="02, Name the task",
        )


@check(
    "The worker does the work, and the result is stored under the id that the page named",
    after=(test_the_page_answers_at_once,),
)
def test_the_result_is_stored(project: Project, sent: Sent) -> None:
    done = "sent a task by the form and waited for its result"
    task_ids = sent.answer.task_ids()
    started = time.monotonic()
    results = [project.result(task_ids[0], WORK_SECONDS)]
    if results[0] is None:
        received = project.received(TASK) > sent.received_before
        raise NotYet(
            done=done,
            seen=f"no result of {task_ids[0]} within {WORK_SECONDS} s"
            + ("" if received else ", and the worker received no task"),
            expected="a row with that id",
            open=f"{VIEWS}: is the id on the page the one that delay returned?",
            guide="02, Name the task",
            words=project.process("worker").words.tail(),
        )
    result = results[0]
    if result["status"] != "SUCCESS" or result["result"] != '"RUNNING"':
        raise NotYet(
            done=done,
            seen=f"state {result['status']}, result {result['result']}",
            expected='state SUCCESS, result "RUNNING"',
            open=f"{TASKS}, send_status: what does it return?",
            guide="02, Write the task",
            words="" if result["status"] == "SUCCESS" else project.process("worker").words.tail(),
        )
    if time.monotonic() - started < 0.5 and sent.answer.seconds < 0.5:
        raise NotYet(
            done=done,
            seen="it was there at once",
            expected="a task that works for about two seconds, so that you see the difference",
            open=f"{TASKS}, send_status: does it sleep?",
            guide="02, Write the task",
        )


@check("The admin can show the task's name with its result", after=(test_the_result_is_stored,))
def test_the_result_carries_the_tasks_name(project: Project, sent: Sent) -> None:
    rows = project.ask("results", ids=sent.answer.task_ids())["rows"]
    if rows[0]["task_name"] != TASK:
        raise NotYet(
            done="read the stored result",
            seen="an id without a task's name",
            expected=TASK,
            open="config/settings.py, CELERY_RESULT_EXTENDED",
            guide="02, See the task's name in the admin",
        )


@check("A GET sends no task", after=(test_the_page_answers_at_once,))
def test_a_get_sends_no_task(project: Project, sent: Sent) -> None:
    before = project.received(TASK)
    with visiting(project.url) as visitor:
        visitor.get("/")
        visitor.get(PATH)
    # The worker takes tasks in the order they were sent: ours comes after any other.
    project.app.send_task("celery.backend_cleanup")
    deadline = time.monotonic() + 3
    cleanups = project.received("celery.backend_cleanup")
    while not cleanups and time.monotonic() < deadline:
        cleanups = project.received("celery.backend_cleanup")
    if project.received(TASK) > before:
        raise NotYet(
            done=f"GET / and GET {PATH}",
            seen="the worker received a task",
            expected="none: a link or a browser's preview must not send work",
            open=f"{VIEWS}: is check_status a view for POST alone?",
            guide="02, Execute the task in the view",
        )


@check("A POST without a CSRF token is refused", after=(test_the_start_page_has_the_form,))
def test_a_post_without_a_token_is_refused(project: Project) -> None:
    with visiting(project.running().url) as visitor:
        answer = visitor.post_without_token(PATH)
    if answer.status != 403:
        raise NotYet(
            done=f"{answer.done} without a token, as a foreign page would",
            seen=answer.seen,
            expected="status 403",
            open=f"{VIEWS} and config/settings.py: is Django's CSRF protection still on?",
            guide="02, Write the page",
        )


@check(
    "A frozen broker is said in words, within seven seconds",
    after=(test_the_page_answers_at_once,),
)
def test_a_frozen_broker_is_said(project: Project, sent: Sent) -> None:
    _require_words(project, "a broker that takes connections and answers nothing", FROZEN_SECONDS)


@check("A broker that is away is said in words", after=(test_a_frozen_broker_is_said,))
def test_a_refused_broker_is_said(project: Project, sent: Sent) -> None:
    project.detached(FROZEN)
    project.refuse()
    _require_words(project, "a broker that refuses connections", REFUSED_SECONDS)


def _require_words(project: Project, broker: str, limit: int) -> None:
    with visiting(project.detached(FROZEN)) as visitor:
        visitor.get("/")
        answer = visitor.post(PATH, within=PATIENCE_SECONDS)
    if answer.status == 503 and answer.words and answer.seconds <= limit:
        return
    hint = (
        "config/settings.py: how long does Celery wait for its broker?"
        if answer.seconds > limit
        else f"{VIEWS}: what happens when delay raises OperationalError?"
    )
    raise NotYet(
        done=f"{answer.done} with {broker}",
        seen=answer.seen if answer.words or answer.problem else "an empty page",
        expected=f"status 503 and a sentence, within {limit} s",
        open=hint,
        guide="02, Say when the queue can’t be reached",
    )
