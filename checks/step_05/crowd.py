"""Step 05: five visitors at once, two who come late, and the tasks of others meanwhile."""

from __future__ import annotations

import re
import statistics
import time

from checks.step_05.settings import (
    TASKS,
    test_the_cache_is_shared,
    test_the_interval_follows_the_environment,
    test_the_worker_knows_the_task,
)
from checks.support.later import Later
from checks.support.project import INTERVAL_SECONDS, Project
from checks.support.runs import (
    INNOCENT,
    RUN,
    VISITORS,
    Crowd,
    changes,
    gaps,
    has_two_runs,
    statuses,
)
from checks.support.sockets import SocketVisitor
from checks.support.verdict import NotYet, check

CONSUMERS = "status/consumers.py"
OPENED = f"opened the page's websocket {VISITORS} times at once"
# All of a run, with room for a slow machine.
WATCH_SECONDS, RESULTS_SECONDS, LATE_SECONDS = 25, 8, 1
LEAST_SHARE, MOST_SHARE = 0.5, 2  # of an interval
# The worst first: what Python and Django say where asyncio shares its thread with others.
ASYNC = ("AsyncToSync in the same thread", "SynchronousOnlyOperation", "running event loop")
ERROR = re.compile(r"\w+(Error|Exception|Operation)\b.{0,100}")


@check(
    "Five visitors at once stay connected while a run goes on",
    after=(
        test_the_interval_follows_the_environment,
        test_the_cache_is_shared,
        test_the_worker_knows_the_task,
    ),
)
def test_five_visitors_stay_connected(project: Project, crowd: Later[Crowd]) -> None:
    seen = crowd.result(WATCH_SECONDS)
    closed = next((visitor for visitor in seen.visitors if not visitor.is_open), None)
    if seen.refused or closed:
        raise NotYet(
            done=OPENED,
            seen=seen.refused.seen if seen.refused else closed.seen,
            expected="websockets that open, and stay open",
            open=f"{CONSUMERS}, connect",
            guide="05, Start a run on connecting",
            words=project.process("web").words.tail(),
        )


@check("A run leaves no error in the worker's log", after=(test_five_visitors_stay_connected,))
def test_the_worker_logs_no_error(project: Project, crowd: Later[Crowd]) -> None:
    worker = project.process("worker")
    errors = worker.words.errors_since(crowd.result(WATCH_SECONDS).log_place)
    if worker.words.note:
        raise NotYet(
            done=f"{OPENED}, and looked into the worker's log",
            seen=worker.words.note,
            expected="a line now and then",
            open=f"{TASKS}, send_status_periodically: what does it print, and how often?",
            guide="05, Write the task",
            words=worker.words.tail(),
        )
    if not errors:
        return
    found = [line for text in ASYNC for line in errors if text in line]
    told = ERROR.search(" ".join(found[:1] or errors))
    raise NotYet(
        done=f"{OPENED}, and looked into the worker's log; other tasks were sent meanwhile",
        seen=f"errors, such as {told[0] if told else errors[0][:200]}",
        expected="none",
        open=f"Procfile, worker: {worker.command}. Which pools have a thread for each task?"
        if found
        else f"{TASKS}, send_status_periodically",
        guide="05, Choose the worker's pool" if found else "05, Write the task",
        words="" if found else worker.words.tail(),
    )


@check("All visitors share one run", after=(test_the_worker_logs_no_error,))
def test_all_share_one_run(crowd: Later[Crowd]) -> None:
    visitors = filter(has_two_runs, crowd.result(WATCH_SECONDS).visitors)
    if most := max(visitors, key=lambda visitor: len(visitor.frames), default=None):
        raise NotYet(
            done=OPENED,
            seen=f"one of them was sent {len(most.frames)} statuses: {_listed(most)}",
            expected=f"a greeting and the {len(RUN)} of one run, each after another one: whoever "
            "comes while a run goes on starts none",
            open=f"{CONSUMERS} and {TASKS}: who claims the run, and is it before the task is sent?",
            guide="05, One run at a time",
        )


@check("A run sends one status every STATUS_INTERVAL", after=(test_all_share_one_run,))
def test_a_run_keeps_the_interval(crowd: Later[Crowd]) -> None:
    seconds = gaps(crowd.result(WATCH_SECONDS).visitors[0])
    if not seconds:
        return  # too little to tell, and the next check says so
    middle = statistics.median(seconds) / INTERVAL_SECONDS
    if not LEAST_SHARE <= middle <= MOST_SHARE:
        raise NotYet(
            done=f"opened a page with STATUS_INTERVAL={INTERVAL_SECONDS:g}",
            seen=f"{statistics.median(seconds):.1f} s from one status to the next",
            expected=f"about {INTERVAL_SECONDS:g} s",
            open=f"{TASKS}, send_status_periodically: what does it sleep for?",
            guide="05, Set the interval",
        )


@check("Five visitors at once each see the run", after=(test_a_run_keeps_the_interval,))
def test_five_visitors_see_the_run(project: Project, crowd: Later[Crowd]) -> None:
    for number, visitor in enumerate(crowd.result(WATCH_SECONDS).visitors, 1):
        seen = changes(visitor)
        if len(seen) < len(RUN) - 1 or seen != RUN[-len(seen) :]:
            raise NotYet(
                done=OPENED,
                seen=f"visitor {number} was sent {_listed(visitor)}",
                expected=", ".join(RUN),
                open=f"{TASKS}, send_status_periodically: what does it send to the group, and how "
                "often?"
                if seen
                else f"{CONSUMERS}, connect: does it send the task, and join the group?",
                guide="05, Write the task" if seen else "05, Start a run on connecting",
                words=project.process("worker").words.tail(),
            )


@check("A late visitor is told how things stand", after=(test_five_visitors_see_the_run,))
def test_a_late_visitor_is_told(crowd: Later[Crowd]) -> None:
    for late in crowd.result(WATCH_SECONDS).late:
        if late.is_blurred or (late.first == late.expected and late.after_seconds <= LATE_SECONDS):
            continue
        if late.first is None or late.after_seconds > INTERVAL_SECONDS / 2:
            seen = "nothing before the run's next status"
        else:
            seen = f"the first thing sent was {late.first}, after {late.after_seconds:.1f} s"
        raise NotYet(
            done=f"opened a page when all others had been told {late.expected}",
            seen=seen,
            expected=f"{late.expected} within {LATE_SECONDS} s, not only the next change",
            open=f"{CONSUMERS}, connect: does it learn the current status, and send it?",
            guide="05, Tell late visitors",
        )


@check("Other tasks end well while a run goes on", after=(test_five_visitors_see_the_run,))
def test_other_tasks_end_well(project: Project, crowd: Later[Crowd]) -> None:
    ids = crowd.result(WATCH_SECONDS).task_ids
    deadline = time.monotonic() + RESULTS_SECONDS
    stored: list[str] = []
    while len(stored) < len(ids) and time.monotonic() < deadline:
        rows = project.ask("results", ids=ids)["rows"]
        stored = [row["task_id"] for row in rows if row["status"] == "SUCCESS"]
        time.sleep(0.05)
    if len(stored) < len(ids):
        raise NotYet(
            done=f"sent {len(ids)} × {INNOCENT} while a run went on",
            seen=f"{len(ids) - len(stored)} of them have no result",
            expected="a stored result each: a run must not disturb the tasks of others",
            open=f"Procfile, worker: {project.process('worker').command}",
            guide="05, Choose the worker's pool",
            words=project.process("worker").words.tail(),
        )


def _listed(visitor: SocketVisitor) -> str:
    seen = statuses(visitor)
    shown = ", ".join(seen[:10]) + (", …" if len(seen) > 10 else "")
    return shown or "nothing"
