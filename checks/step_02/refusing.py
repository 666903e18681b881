"""Step 02: who sends no task, and what is said where none can be sent."""

from __future__ import annotations

import time

from checks.step_02.asking import VIEWS, test_the_start_page_has_the_form
from checks.step_02.sending import test_the_page_answers_at_once
from checks.step_02.visits import AWAY_SECONDS, PATH, TASK, Away, Sent, visit_without_broker
from checks.support.later import Later
from checks.support.project import FROZEN, Project
from checks.support.verdict import NotYet, check
from checks.support.visitor import visiting

CLEANUP, TAKEN_SECONDS = "celery.backend_cleanup", 5


@check("A GET sends no task", after=(test_the_page_answers_at_once,))
def test_a_get_sends_no_task(project: Project, sent: Sent) -> None:
    before, cleanups = project.received(TASK), project.received(CLEANUP)
    with visiting(project.url) as visitor:
        visitor.get("/")
        visitor.get(PATH)
    # The worker takes tasks in the order they were sent: ours comes after any other.
    project.app.send_task(CLEANUP)
    deadline = time.monotonic() + TAKEN_SECONDS
    while project.received(CLEANUP) == cleanups and time.monotonic() < deadline:
        time.sleep(0.05)
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
def test_a_frozen_broker_is_said(frozen: Later[Away]) -> None:
    _require_words(frozen.result(within=60), "a broker that takes connections and answers nothing")


@check(
    "A broker that is away is said in words, within seven seconds",
    after=(test_a_frozen_broker_is_said,),
)
def test_a_refused_broker_is_said(project: Project, frozen: Later[Away]) -> None:
    project.detached(FROZEN)
    project.refuse()
    _require_words(visit_without_broker(project), "a broker that refuses connections")


def _require_words(away: Away, broker: str) -> None:
    answer = away.answer
    if answer.status == 503 and answer.words and not away.is_late:
        return
    if away.is_late:
        wanted = "config/settings.py: how long does Celery wait for its broker?"
    else:
        wanted = f"{VIEWS}: what happens when delay raises OperationalError?"
    raise NotYet(
        done=f"{answer.done} with {broker}",
        seen=answer.seen if answer.words or answer.problem else "an empty page",
        expected=f"status 503 and a sentence, within {AWAY_SECONDS} s",
        open=wanted,
        guide="02, Say when the queue can’t be reached",
    )
