"""Step 03's checks of single answers: each state, a task of nobody's, a broker that is away."""

from __future__ import annotations

import uuid
from typing import Any

from checks.step_03.asking import (
    PATH,
    TEMPLATES,
    VIEWS,
    test_the_fragment_asks_for_the_status,
)
from checks.step_03.visits import Sent
from checks.support.fragments import has_trigger, is_whole_page, own_words, quoted
from checks.support.project import IDLE, Project
from checks.support.verdict import NotYet, check
from checks.support.visitor import Answer, visiting

ENDS = ("SUCCESS", "FAILURE", "REVOKED")
# What a worker stores along with each state. PROGRESS is the learner's own: it is seen as it goes.
STORED: dict[str, Any] = {
    "PENDING": None,
    "STARTED": {"pid": 1, "hostname": "celery@here"},
    "RETRY": "the printer is out of paper",
    "SUCCESS": "RUNNING",
    "FAILURE": "the printer is out of paper",
    "REVOKED": "terminated",
}
REFUSED_SECONDS, PATIENCE_SECONDS = 3, 5


@check(
    "Every state is said in words, and an end state asks no more",
    after=(test_the_fragment_asks_for_the_status,),
)
def test_every_state_is_said(project: Project, unheard: Sent) -> None:
    said: dict[str, str] = {}
    for state, stored in STORED.items():
        if state != "PENDING":
            project.ask("store_state", task_id=unheard.task_id, state=state, text=stored)
        answer = unheard.visitor.get(f"{PATH}{unheard.task_id}/", htmx=True, within=4)
        words = own_words(answer)
        same = next((other for other in said if said[other] == words), None)
        done = f"stored the state {state} for a task and asked: GET {PATH}<its id>/"
        if not 200 <= answer.status < 300 or not words:
            raise NotYet(
                done=done,
                seen=answer.seen if words or answer.status != 200 else "a fragment without words",
                expected="status 200 and the state in words",
                open=_hint(state, answer),
                guide="03, Name every state",
                words=project.process(IDLE).words.tail() if answer.status >= 500 else "",
            )
        if same:
            raise NotYet(
                done=done,
                seen=f"the same as for {same}: {quoted(words)}",
                expected="words that tell the two apart",
                open=f"{TEMPLATES}: which branch is taken for {state}?",
                guide="03, Name every state",
            )
        if has_trigger(answer) == (state in ENDS):
            raise NotYet(
                done=done,
                seen="a fragment that goes on asking" if state in ENDS else "no hx-trigger",
                expected=f"after {state} there is no more news: a fragment without hx-trigger"
                if state in ENDS
                else f"a fragment that goes on asking: {state} is not the end",
                open=f"{TEMPLATES}: for which states does hx-trigger stand there?",
                guide="03, Stop asking",
            )
        said[state] = words


def _hint(state: str, answer: Answer) -> str:
    if answer.problem:
        return f"{VIEWS}: what does the view wait for?"
    kind = "an exception" if state in ("RETRY", "FAILURE", "REVOKED") else repr(STORED[state])
    return f"{VIEWS}: can the view show every kind of result? On {state} it is {kind}"


@check(
    "Somebody else's task and an invented one get the same 404, which ends the asking",
    after=(test_the_fragment_asks_for_the_status,),
)
def test_a_strangers_task_is_unknown(unheard: Sent) -> None:
    invented = str(uuid.uuid4())
    with visiting(unheard.url) as stranger:
        asked = {
            "another visitor's task": (stranger, unheard.task_id),
            "an id that nobody was given": (unheard.visitor, invented),
        }
        answers = {
            whose: (visitor.get(f"{PATH}{task_id}/", htmx=True, within=4), task_id)
            for whose, (visitor, task_id) in asked.items()
        }
    for whose, (answer, _) in answers.items():
        _require_404(whose, answer)
    bodies = {answer.text.replace(task_id, "") for answer, task_id in answers.values()}
    if len(bodies) > 1:
        own, foreign = (quoted(own_words(answer)) for answer, _ in answers.values())
        raise NotYet(
            done=f"GET {PATH}<id>/ with another visitor's id, then with an invented one",
            seen=f"two different answers: {own} and {foreign}",
            expected="the same answer: else it tells a stranger which ids exist",
            open=f"{VIEWS}: how many ways lead to the 404?",
            guide="03, Answer for your own tasks alone",
        )


def _require_404(whose: str, answer: Answer) -> None:
    if answer.status != 404:
        seen = answer.seen + (f": {quoted(own_words(answer))}" if answer.is_fine else "")
        expected = "status 404: Celery says PENDING of any id that it does not know"
        hint = f"{VIEWS}: how does the view know which ids this visitor started?"
    elif is_whole_page(answer):
        seen = f"{answer.seen}, a whole page"
        expected = "a fragment of a few words: it takes the place of the last one"
        hint = f"{VIEWS}: what does the 404 render?"
    elif not own_words(answer) or has_trigger(answer):
        seen = "status 404 " + ("that goes on asking" if has_trigger(answer) else "without words")
        expected = "a sentence, without hx-trigger"
        hint = f"{TEMPLATES}: which template does the 404 render?"
    else:
        return
    raise NotYet(
        done=f"{answer.done}: {whose}",
        seen=seen,
        expected=expected,
        open=hint,
        guide="03, Answer for your own tasks alone",
    )


@check(
    "A broker that is away is said in a fragment",
    after=(test_the_fragment_asks_for_the_status,),
)
def test_a_broker_that_is_away_is_said(away: str) -> None:
    with visiting(away) as visitor:
        visitor.get("/", within=4)
        answer = visitor.post(PATH, htmx=True, within=PATIENCE_SECONDS)
    is_piece = answer.words and not is_whole_page(answer)
    if answer.status == 503 and is_piece and answer.seconds <= REFUSED_SECONDS:
        return
    whole = ", a whole page" if is_whole_page(answer) else ""
    raise NotYet(
        done=f"{answer.done} by htmx, with a broker that refuses connections",
        seen=f"{answer.seen}{whole}" if answer.words or answer.problem else "an empty answer",
        expected=f"status 503 and a fragment of a few words, within {REFUSED_SECONDS} s",
        open=f"{VIEWS}: what is rendered when delay raises OperationalError?",
        guide="03, Say when the queue can’t be reached",
    )
