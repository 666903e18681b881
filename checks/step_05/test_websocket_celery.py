"""Step 05: a task speaks to every page."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Error

from checks.step_05.crowd import (
    CONSUMERS,
    WATCH_SECONDS,
    test_a_late_visitor_is_told,
    test_a_run_keeps_the_interval,
    test_all_share_one_run,
    test_five_visitors_see_the_run,
    test_five_visitors_stay_connected,
    test_other_tasks_end_well,
    test_the_worker_logs_no_error,
)
from checks.step_05.settings import (
    TASKS,
    test_the_cache_is_shared,
    test_the_interval_follows_the_environment,
    test_the_worker_knows_the_task,
)
from checks.support.ground import (
    test_django_loads_your_project,
    test_no_migration_is_missing,
    test_the_processes_start,
)
from checks.support.later import Later
from checks.support.live_page import LivePage
from checks.support.page_again import PageAgain
from checks.support.project import INTERVAL_SECONDS, Project
from checks.support.runs import NEXT_SECONDS, STATUSES, TASK, Crowd, changes, statuses, watch
from checks.support.sockets import Refused, Sockets, SocketVisitor, opened_sockets
from checks.support.stalled import Stalled, lay_copy, stall
from checks.support.verdict import CannotTell, NotYet, check
from workbook.chromium import find_chromium

__all__ = [
    "test_a_late_visitor_is_told",
    "test_a_run_keeps_the_interval",
    "test_all_share_one_run",
    "test_django_loads_your_project",
    "test_five_visitors_see_the_run",
    "test_five_visitors_stay_connected",
    "test_no_migration_is_missing",
    "test_other_tasks_end_well",
    "test_the_cache_is_shared",
    "test_the_interval_follows_the_environment",
    "test_the_processes_start",
    "test_the_worker_knows_the_task",
    "test_the_worker_logs_no_error",
]

BY_HAND = ["RUNNING", "FINISHED", "RUNNING"]
STALLED_SECONDS, BROWSER_SECONDS = 30, 10
# Contract: three intervals, and some time for the next run to begin.
FREED_SECONDS, READY_SECONDS = 3 * INTERVAL_SECONDS + 2, 2
KNOCK_SECONDS = 0.3
# Redis is away for longer than an interval, so that a status falls into that time.
AWAY_SECONDS, BACK_SECONDS = 1.3 * INTERVAL_SECONDS, 15


@pytest.fixture(scope="package")
def sockets() -> Iterator[Sockets]:
    """Return what opens websockets."""
    with opened_sockets() as opened:
        yield opened


@pytest.fixture(scope="package")
def crowd(project: Project, sockets: Sockets, request: pytest.FixtureRequest) -> Later[Crowd]:
    """Watch five visitors at once, beside the other checks."""
    project.running()
    if any("stalled" in item.fixturenames for item in request.session.items):
        request.getfixturevalue("stalled")
    return Later(lambda: watch(project, sockets))


@pytest.fixture(scope="package")
def stalled(project: Project) -> Later[Stalled]:
    """Look at a web process whose tasks can't be sent, beside the other checks."""
    folder = lay_copy(project.running())
    return Later(lambda: stall(project, folder))


@pytest.fixture(scope="package")
def live_page(project: Project, crowd: Later[Crowd]) -> Iterator[LivePage | None]:
    """Open the page in a real browser, where there is one, once the crowd's run is over."""
    crowd.result(WATCH_SECONDS)
    executable = find_chromium()
    page = LivePage(executable, f"{project.url}/live/") if executable else None
    yield page
    if page:
        page.close()


@check(
    "While a task can't be sent, other pages are answered",
    after=(test_five_visitors_see_the_run,),
)
def test_a_held_up_task_holds_up_nobody_else(crowd: Later[Crowd], stalled: Later[Stalled]) -> None:
    seen = stalled.result(STALLED_SECONDS)
    if seen.slow:
        raise NotYet(
            done=f"opened websockets, held up {seen.held} in Redis, then {seen.slow.done}",
            seen=seen.slow.seen,
            expected="an answer at once: whoever waits for Redis must not stop the whole server",
            open=f"{CONSUMERS}, connect: which call there waits for Redis on the event loop?",
            guide="05, Send the task off the event loop",
        )
    if not seen.held:
        raise CannotTell(
            "opening a page sent no task through a Redis of the checks' own, though it does here"
        )


@check(
    "A claim is given back where the task can't be sent",
    after=(test_a_held_up_task_holds_up_nobody_else,),
)
def test_a_claim_is_given_back(stalled: Later[Stalled]) -> None:
    if not stalled.result(STALLED_SECONDS).sends_again:
        raise NotYet(
            done="cut the connection when a page sent the task; then all was well again, "
            "and another page was opened",
            seen="no task was sent for it",
            expected="a run at once: nobody is at work on the one that was claimed",
            open=f"{CONSUMERS} and {TASKS}: what becomes of the claim if sending the task raises?",
            guide="05, Give the claim back",
        )


@check("Called by hand, the task reaches an open page", after=(test_five_visitors_see_the_run,))
def test_a_call_by_hand_reaches_the_page(
    project: Project, crowd: Later[Crowd], live_page: LivePage | None
) -> None:
    page, since = crowd.result(WATCH_SECONDS).visitors[0], time.monotonic()
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


@check(
    "In a real browser the text changes by itself",
    after=(test_five_visitors_see_the_run,),
)
def test_a_browser_shows_the_run(live_page: LivePage | None) -> None:
    if live_page is None:
        raise CannotTell("there is no Chromium, Chrome or Edge on this machine: install one")
    try:
        live_page.loaded()
    except Error as error:
        raise CannotTell(f"the browser failed: {error.message.splitlines()[0]}") from error
    shown = all(live_page.shows(text, BROWSER_SECONDS) for text in STATUSES)
    if not shown or live_page.loads > 1:
        texts = ", ".join(f"“{text}”" for text in live_page.texts)
        raise NotYet(
            done="opened /live/ in a real browser and looked at the element with id=status",
            seen=f"it showed {texts or 'no change'}, with {live_page.loads} loads of the page",
            expected="RUNNING and FINISHED by turns, without a reload",
            open="templates/live.html and status/partials/current_status.html",
            guide="05, Watch two tabs",
            words="\n".join(live_page.problems),
        )


@check("A killed run frees its claim", after=(test_five_visitors_see_the_run,))
def test_a_killed_run_frees_its_claim(
    project: Project, sockets: Sockets, crowd: Later[Crowd]
) -> None:
    page = _page_amid_a_run(project, sockets)
    project.process("worker").kill()
    killed_at = time.monotonic()
    project.restart("worker")
    ready_at = time.monotonic()
    deadline = max(killed_at + FREED_SECONDS, ready_at + READY_SECONDS)
    # Only a run speaks to a page that has been open for long.
    while not statuses(page, killed_at + KNOCK_SECONDS) and time.monotonic() < deadline:
        sockets.open(project.url)
        page.wait_for(lambda: statuses(page, killed_at + KNOCK_SECONDS), KNOCK_SECONDS)
    if not statuses(page, killed_at + KNOCK_SECONDS):
        raise NotYet(
            done="killed the worker while a run went on, started it again, and opened new pages",
            seen=f"no run within {time.monotonic() - killed_at:.0f} s",
            expected=f"one within 3 × STATUS_INTERVAL, {3 * INTERVAL_SECONDS:g} s here: whoever "
            "is killed can't give anything back",
            open=f"{TASKS}: how long does a claim hold if nobody renews it?",
            guide="05, Outlive a killed worker",
            words=project.process("worker").words.tail(),
        )


@check("A run outlives a restart of Redis", after=(test_five_visitors_see_the_run,))
def test_a_run_outlives_a_restart_of_redis(
    project: Project, sockets: Sockets, crowd: Later[Crowd]
) -> None:
    page = PageAgain(sockets, project.url, _page_amid_a_run(project, sockets))
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


def _page_amid_a_run(project: Project, sockets: Sockets) -> SocketVisitor:
    """Open a page and wait until a run changes what it shows."""
    try:
        page = sockets.open(project.url)
    except Refused as refused:
        seen = refused.seen
    else:
        if page.wait_for(lambda: len(changes(page)) > 1, NEXT_SECONDS):
            return page
        seen = f"it was sent {', '.join(statuses(page)) or 'nothing'}"
    raise NotYet(
        done="opened a page when no run went on any more",
        seen=seen,
        expected="a new run",
        open=f"{TASKS}: is the claim released at the end of a run?",
        guide="05, One run at a time",
        words=project.process("web").words.tail(),
    )
