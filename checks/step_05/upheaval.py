"""Step 05: a call by hand, a worker that is killed amid a run, and Redis restarted.

All of it is seen by one page of the crowd's, which stays open: only a run speaks to it.
"""

from __future__ import annotations

import time

from checks.step_05.crowd import CONSUMERS, test_five_visitors_see_the_run
from checks.step_05.settings import TASKS
from checks.support.page_again import PageAgain
from checks.support.project import INTERVAL_SECONDS, Project
from checks.support.runs import NEXT_SECONDS, TASK, Crowd, changes, statuses
from checks.support.sockets import Refused, Sockets, SocketVisitor
from checks.support.verdict import NotYet, check

BY_HAND = ["RUNNING", "FINISHED"]
# Contract: three intervals, and some time for the next run to begin.
FREED_SECONDS, READY_SECONDS = 3 * INTERVAL_SECONDS + 2, 2
KNOCK_SECONDS = 0.3
# Redis is away for longer than an interval, so that a status falls into that time.
AWAY_SECONDS, BACK_SECONDS = 1.3 * INTERVAL_SECONDS, 15


@check("Called by hand, the task reaches an open page", after=(test_five_visitors_see_the_run,))
def test_a_call_by_hand_reaches_the_page(project: Project, after_the_run: Crowd) -> None:
    page, since = after_the_run.visitors[0], time.monotonic()
    project.app.send_task(TASK, kwargs={"num_iterations": len(BY_HAND)})
    page.wait_for(lambda: changes(page, since) == BY_HAND, NEXT_SECONDS)
    if changes(page, since)[: len(BY_HAND)] != BY_HAND:
        raise NotYet(
            done=f"send_status_periodically.delay(num_iterations={len(BY_HAND)}), while no run "
            "went on",
            seen=f"an open page was sent {', '.join(statuses(page, since)) or 'nothing'}",
            expected=", ".join(BY_HAND),
            open=f"{TASKS}, send_status_periodically",
            guide="05, Write the task",
            words=project.process("worker").words.tail(),
        )


@check("A killed run frees its claim", after=(test_five_visitors_see_the_run,))
def test_a_killed_run_frees_its_claim(
    project: Project, sockets: Sockets, after_the_run: Crowd
) -> None:
    page = _page_amid_a_run(project, sockets, after_the_run)
    project.process("worker").kill()
    killed_at = time.monotonic()
    project.restart("worker")
    deadline = max(killed_at + FREED_SECONDS, time.monotonic() + READY_SECONDS)
    since = killed_at + KNOCK_SECONDS  # what was under way may still arrive
    while not statuses(page, since) and time.monotonic() < deadline:
        _knock(project, sockets)
        page.wait_for(lambda: statuses(page, since), KNOCK_SECONDS)
    if not statuses(page, since):
        raise NotYet(
            done="killed the worker while a run went on, started it again, and opened new pages",
            seen=f"no run within {time.monotonic() - killed_at:.0f} s",
            expected=f"one within 3 × STATUS_INTERVAL, {3 * INTERVAL_SECONDS:g} s here: whoever "
            "is killed can't give anything back",
            open="the place where the run is claimed: how long does a claim hold if nobody "
            "renews it?",
            guide="05, Outlive a killed worker",
            words=project.process("worker").words.tail(),
        )


@check("A run outlives a restart of Redis", after=(test_five_visitors_see_the_run,))
def test_a_run_outlives_a_restart_of_redis(
    project: Project, sockets: Sockets, after_the_run: Crowd
) -> None:
    page = PageAgain(sockets, project.url, _page_amid_a_run(project, sockets, after_the_run))
    project.redis.stop()
    time.sleep(AWAY_SECONDS)
    project.redis.start()
    if not page.is_told(BACK_SECONDS):
        raise NotYet(
            done=f"stopped Redis for {AWAY_SECONDS:g} s while a run went on, with a page open",
            seen=f"no status within {BACK_SECONDS} s of its return; {page.seen}",
            expected="a status: the run goes on, or the page, connected anew, gets another one",
            open=f"{TASKS}, send_status_periodically: what if sending one status raises?",
            guide="05, Outlive a restart of Redis",
            words=project.process("worker").words.tail(),
        )


def _page_amid_a_run(project: Project, sockets: Sockets, crowd: Crowd) -> SocketVisitor:
    """Return a page that was open before, while a run goes on: one is started if need be."""
    page = crowd.visitors[0]
    if _saw_a_run_begin(page):
        return page
    since = time.monotonic()
    refused = _knock(project, sockets)
    if page.wait_for(lambda: statuses(page, since), NEXT_SECONDS):
        return page
    raise NotYet(
        done="opened another page when no run went on any more",
        seen=refused or f"the page that was open before was told nothing; {page.seen}",
        expected="a new run, which both see",
        open=f"{CONSUMERS} and {TASKS}: is the claim released at the end of a run?",
        guide="05, One run at a time",
        words=project.process("web").words.tail(),
    )


def _saw_a_run_begin(page: SocketVisitor) -> bool:
    """Tell whether, a moment ago, it was told something for the first time in long."""
    before, last = [page.opened_at, *(frame.at for frame in page.frames)][-2:]
    is_recent = last > time.monotonic() - INTERVAL_SECONDS / 2
    return is_recent and last - before > 1.5 * INTERVAL_SECONDS


def _knock(project: Project, sockets: Sockets) -> str:
    """Open a page, and return what was seen if it did not open."""
    try:
        sockets.open(project.url)
    except Refused as refused:
        return refused.seen
    return ""
