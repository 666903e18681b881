"""Step 03's checks of a task from its beginning to its end, as the one who asks sees it."""

from __future__ import annotations

from itertools import groupby, pairwise

from checks.step_03.answering import test_every_state_is_said
from checks.step_03.asking import (
    TASK,
    TASKS,
    TEMPLATES,
    VIEWS,
    test_the_fragment_asks_for_the_status,
)
from checks.step_03.visits import PATH, Sent
from checks.support.conversation import Conversation
from checks.support.failing import send_failing
from checks.support.fragments import bar, has_trigger, own_words, polled_path, quoted
from checks.support.project import IDLE, Project
from checks.support.verdict import NotYet, check

ENDS = ("SUCCESS", "FAILURE", "REVOKED")
SHORTEST, LONGEST = 3, 9
FAILURE_SECONDS = 12


@check("A task that is being worked on says so", after=(test_the_fragment_asks_for_the_status,))
def test_started_is_tracked(project: Project) -> None:
    if not project.ask("tracks_started", task=TASK)["tracked"]:
        raise NotYet(
            done="asked Celery whether it tells when a worker takes send_status",
            seen="it does not: a task that is being worked on counts as PENDING",
            expected="the state STARTED",
            open="config/settings.py, CELERY_TASK_TRACK_STARTED",
            guide="03, Tell when the work starts",
        )


@check(
    "The asking goes on until the task is done, and ends then",
    after=(test_every_state_is_said,),
)
def test_the_asking_ends(project: Project, sent: Sent, conversation: Conversation) -> None:
    state = _state_at_the_end(project, sent, conversation)
    worker = project.process("worker")
    last, done = conversation.last, "asked on, as the fragments say, until none asked any more"
    if not 200 <= last.answer.status < 300:
        raise NotYet(
            done=f"{done}: GET {PATH}<the task's id>/",
            seen=last.answer.seen,
            expected="status 200 and a fragment, whatever the state",
            open=f"{VIEWS}: which result could it not show?",
            guide="03, Name every state",
            words=project.process("web").words.tail() if last.answer.status >= 500 else "",
        )
    if polled_path(last.answer):
        is_done = state in ENDS
        raise NotYet(
            done=done,
            seen=f"after {last.at:.1f} s {quoted(last.words)}, "
            + ("which still asks" if is_done else f"and the state {state}"),
            expected="a last fragment without hx-trigger"
            if is_done
            else "a task that is done after about five seconds",
            open=f"{TEMPLATES}: for which states does hx-trigger stand there?"
            if is_done
            else f"{TASKS}, send_status: does it come to its end?",
            guide="03, Stop asking" if is_done else "03, Report progress",
            # What a worker at work says is of others; what one said that is gone tells why.
            words="" if is_done or worker.exit_code() is None else worker.words.tail(),
        )
    if state not in ENDS:
        raise NotYet(
            done=done,
            seen=f"after {last.at:.1f} s {quoted(last.words)}, which asks no more; "
            f"the task's state is {state}",
            expected="hx-trigger in every fragment but the last",
            open=f"{TEMPLATES}: for which states does hx-trigger stand there?",
            guide="03, Stop asking",
        )
    if state != "SUCCESS":
        raise NotYet(
            done=done,
            seen=f"the state {state}: {quoted(last.words)}",
            expected="SUCCESS",
            open=f"{TASKS}, send_status",
            guide="03, Report progress",
            words=project.process("worker").words.tail(),
        )


def _state_at_the_end(project: Project, sent: Sent, conversation: Conversation) -> str:
    """Wait for the end of the asking; of a task that is done, two more fragments are heard."""
    heard: list[int] = []

    def state() -> str:
        rows = project.ask("results", ids=[sent.task_id])["rows"]
        return rows[0]["status"] if rows else "PENDING"

    def asks_on_in_vain() -> bool:
        if not heard and state() in ENDS:
            heard.append(len(conversation.said))
        return bool(heard) and len(conversation.said) > heard[0] + 2

    conversation.wait_until(asks_on_in_vain)
    conversation.stop()
    return state()


@check("The task takes about five seconds", after=(test_the_asking_ends,))
def test_the_task_takes_its_time(conversation: Conversation) -> None:
    if not SHORTEST <= conversation.last.at <= LONGEST:
        raise NotYet(
            done="sent a task and asked until it was done",
            seen=f"done after {conversation.last.at:.1f} s",
            expected="about five seconds, so that there is something to see",
            open=f"{TASKS}, send_status: how often does it sleep?",
            guide="03, Report progress",
        )


@check("The bar moves, and never goes back", after=(test_the_task_takes_its_time,))
def test_the_bar_moves(conversation: Conversation) -> None:
    bars = [share for said in conversation.said if (share := bar(said.answer)) is not None]
    shown = ", ".join(f"{share:.0%}" for share, _same in groupby(bars))
    if any(after < before for before, after in pairwise(bars)):
        seen, hint = f"a bar that goes back: {shown}", f"{TASKS}, update_state: what is told?"
    elif len(set(bars)) < 3:
        seen = f"a bar that shows {shown} and nothing else" if bars else "no bar with a value"
        hint = f"{TASKS}: does send_status tell how far it is? And does {TEMPLATES} show it?"
    else:
        return
    raise NotYet(
        done="sent a task and read its fragments until it was done",
        seen=seen,
        expected="<progress value=… max=…> that fills while the task works",
        open=hint,
        guide="03, Report progress",
    )


@check(
    "A task that fails says so, without a traceback",
    # A worker that never comes to an end is another matter, told there.
    after=(test_every_state_is_said, test_the_asking_ends),
)
def test_a_failure_is_said(project: Project, unheard: Sent) -> None:
    project.ask("store_state", task_id=unheard.task_id, state="PENDING", text=None)
    send_failing(project.app, TASK, unheard.task_id)
    result = project.result(unheard.task_id, FAILURE_SECONDS)
    answer = unheard.visitor.get(f"{PATH}{unheard.task_id}/", htmx=True, within=4)
    words = own_words(answer)
    if result is None:
        seen, hint = f"after {FAILURE_SECONDS} s {quoted(words)}", f"{TASKS}: what keeps it?"
    elif "Traceback" in answer.text or 'File "' in answer.words:
        seen, hint = f"a traceback: {quoted(words)}", f"{TEMPLATES}: what of the result is shown?"
    elif not 200 <= answer.status < 300 or not words or has_trigger(answer):
        asks = " and an hx-trigger" if has_trigger(answer) else ""
        seen, hint = f"{answer.seen}{asks}", f"{VIEWS}: what is the result of a task that failed?"
    else:
        return
    raise NotYet(
        done=f"sent {TASK} with arguments that don't fit, and asked how it went",
        seen=seen,
        expected="status 200, a sentence about the failure, and no more asking",
        open=hint,
        guide="03, Show a failure",
        words=project.process(IDLE).words.tail() if answer.status >= 500 else "",
    )
