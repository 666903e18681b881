"""Step 02: a task that is sent by the form, and what becomes of it."""

from __future__ import annotations

import re

from checks.step_02.asking import (
    TASKS,
    VIEWS,
    test_the_start_page_has_the_form,
    test_the_worker_knows_the_task,
)
from checks.step_02.visits import ANSWER_SECONDS, TASK, WORK_SECONDS, Sent
from checks.support.project import Project
from checks.support.verdict import NotYet, check

# What Celery itself says about a task.
CELERYS_LINE = re.compile(r"\bTask \S+\[[\w-]+\] |: DEBUG/|\bmissed heartbeat\b|\b(mingle|sync):")


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
            open="config/settings.py: does CELERY_TASK_ALWAYS_EAGER belong there?"
            if project.loaded()["task_always_eager"]
            else f"{VIEWS}: is the task sent to the queue, or called like a function?",
            guide="02, Execute the task in the view",
        )
    if not sent.task_ids:
        raise NotYet(
            done=f"{answer.done} with the form's token, and read the page it led to",
            seen="no id of a task" if not answer.task_ids() else "no other id than before",
            expected="the id of the task that was sent",
            open=f"{VIEWS}: what does the page do with what delay returned?",
            guide="02, Name the task",
        )


@check(
    "The worker does the work, and the result is stored under the id that the page named",
    after=(test_the_page_answers_at_once,),
)
def test_the_result_is_stored(project: Project, sent: Sent) -> None:
    done = "sent a task by the form and waited for its result"
    result, seconds = sent.result.result(within=3 * WORK_SECONDS)
    if result is None:
        seen, wanted = _why_no_result(project, sent)
        raise NotYet(
            done=done,
            seen=f"no result of {sent.task_ids[0]} within {WORK_SECONDS} s: {seen}",
            expected="a row with that id",
            open=wanted,
            guide="02, Name the task",
            words=project.process("worker").words.tail(),
        )
    if result["status"] != "SUCCESS" or result["result"] != '"RUNNING"':
        raise NotYet(
            done=done,
            seen=f"state {result['status']}, result {result['result']}",
            expected='state SUCCESS, result "RUNNING"',
            open=f"{TASKS}, send_status: what does it return?",
            guide="02, Write the task",
            words="" if result["status"] == "SUCCESS" else project.process("worker").words.tail(),
        )
    if seconds < ANSWER_SECONDS:
        raise NotYet(
            done=done,
            seen=f"it was there after {seconds:.1f} s",
            expected="a task that works for about two seconds, so that you see the difference",
            open=f"{TASKS}, send_status: does it take its time?",
            guide="02, Write the task",
        )


def _why_no_result(project: Project, sent: Sent) -> tuple[str, str]:
    """Return what was seen of a task without a result, and where to look."""
    active = project.app.control.inspect(timeout=2, limit=1).active()
    if active is None:
        return "the worker answers no more", f"{TASKS}, send_status: does it come to an end?"
    if any(task["name"] == TASK for tasks in active.values() for task in tasks):
        return "the worker is still at work", f"{TASKS}, send_status: does it come to an end?"
    if project.received(TASK) == sent.received_before:
        return "the worker received no task", f"{VIEWS}: is the task sent to the queue?"
    return (
        "the worker did the work under another id",
        f"{VIEWS}: is the id on the page the one of the task?",
    )


@check("What the task prints stands in the worker's terminal", after=(test_the_result_is_stored,))
def test_the_task_prints(project: Project, sent: Sent) -> None:
    lines = project.process("worker").words.since(sent.log_before)
    if not [line for line in lines if line.strip() and not CELERYS_LINE.search(line)]:
        raise NotYet(
            done="sent a task by the form, and read what the worker said",
            seen="nothing but Celery's own lines" if lines else "nothing",
            expected="what send_status prints",
            open=f"{TASKS}, send_status: does it print? Procfile: is the worker told to be quiet?",
            guide="02, Write the task",
        )


@check("The admin can show the task's name with its result", after=(test_the_result_is_stored,))
def test_the_result_carries_the_tasks_name(project: Project, sent: Sent) -> None:
    row, _ = sent.result.result(within=WORK_SECONDS)
    if row["task_name"] != TASK:
        raise NotYet(
            done="read the stored result",
            seen=f"the name {row['task_name']}" if row["task_name"] else "an id without a name",
            expected=TASK,
            open="config/settings.py, CELERY_RESULT_EXTENDED",
            guide="02, See the task's name in the admin",
        )
