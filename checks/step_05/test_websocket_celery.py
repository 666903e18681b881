"""Step 05: a task updates every open page."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from checks.clients.background import Later
from checks.clients.websocket_client import PATH, WebsocketClient
from checks.common import startup_checks
from checks.common.connection import CLOSES_SECONDS, require_return, require_sign
from checks.common.evidence import explain_logs, explain_socket
from checks.common.live_markup import PAGE, live_elements, require_connecting, require_swappable
from checks.common.project_files import CONSUMERS, SETTINGS, TASKS
from checks.common.registered_tasks import require_known
from checks.common.statuses import NEXT_SECONDS, STATUSES, TASK, statuses
from checks.harness.diagnosis.causes import CONSOLE, FRAMES
from checks.harness.diagnosis.evidence import Evidence, is_test
from checks.harness.diagnosis.explain import explain
from checks.harness.project import INTERVAL_SECONDS, Project
from checks.pace import patience
from checks.step_05.blocked_send import BlockedSend
from checks.step_05.failover import Failover
from checks.step_05.kept_status import NEVER, kept_for_long
from checks.step_05.status_run import (
    RUN,
    UNRELATED,
    VISITORS,
    WatchedRun,
    call_again,
    changes,
    first_wait,
    gaps,
    has_two_runs,
    is_followed_by_one,
    run_end,
)
from checks.verdicts import CannotTell, NotYet, check
from workbook.passwords import shortened, without_passwords
from workbook.runtime.waiting import wait_until

if TYPE_CHECKING:
    from checks.clients.browser import LivePage
    from checks.common.connection import ClosedPages

DEFAULT_CACHE = re.compile(
    r"^\s*from django\.core\.cache import (?:\([^)]*|[^(\n]*)\bcache\b|\bcaches\[['\"]default",
    re.MULTILINE,
)
# What these keep, the other processes never see.
LONELY_CACHES = ("locmem.LocMemCache", "dummy.DummyCache")
OPENED = f"opened the page's websocket {VISITORS} times at once"
# Two looks, and the run between them, with room for a slow machine.
WATCH_SECONDS, RESULTS_SECONDS, LATE_SECONDS = 40, patience(8), patience(1)
LEAST_SHARE, MOST_SHARE = 0.5, 2  # of an interval
# Who sleeps first takes all of one, however fast the machine is.
SOON_SHARE, LOOKS_AGAIN = 0.9, 2
# The worst first: what Python and Django say where asyncio shares its thread with others.
ASYNC = ("AsyncToSync in the same thread", "SynchronousOnlyOperation", "running event loop")
ERROR = re.compile(r"\w+(Error|Exception|Operation)\b.{0,100}")
LOCKED, SQLITE_SECONDS = "database is locked", 5  # SQLite's own patience, by Django's default
BY_HAND = ["RUNNING", "FINISHED"]
BROWSER_SECONDS = 6
BLOCKED_SECONDS = 30
FAILOVER_SECONDS = 45

test_django_loads_your_project = startup_checks.test_django_loads_your_project


@check("STATUS_INTERVAL follows the environment", after=(test_django_loads_your_project,))
def test_the_interval_follows_the_environment(project: Project) -> None:
    interval = project.loaded()["status_interval"]
    if interval == INTERVAL_SECONDS:
        return
    wanted = f"{INTERVAL_SECONDS:g}"
    if interval is None:
        seen, question = "there is no such setting", "how did CELERY_BROKER_URL get its value?"
    elif isinstance(interval, str):
        seen, question = f"the string {interval!r}", "what converts it to a number?"
    else:
        seen, question = f"it is {interval}", "where does it come from?"
    raise NotYet(
        done=f"loaded the settings with STATUS_INTERVAL={wanted} in the environment",
        seen=seen,
        expected=f"the number {wanted}, and 5 where the environment names none",
        look_at=f"{SETTINGS}, STATUS_INTERVAL: {question}",
        guide="05, Set the interval",
    )


@check("All processes share the cache", after=(test_django_loads_your_project,))
def test_the_cache_is_shared(project: Project) -> None:
    backend = project.loaded()["caches"].get("default", {}).get("BACKEND", "")
    # A project that keeps the lock elsewhere need not use the cache.
    if backend.endswith(LONELY_CACHES) and (file := _importing_the_cache(project)):
        raise NotYet(
            done=f"read the settings, and found Django's cache imported by {file}",
            seen=f"CACHES['default'] is {backend}: each process has one of its own",
            expected="one that web and worker share, as they share Redis",
            look_at=f"{SETTINGS}, CACHES",
            guide="05, Tell late visitors",
        )


def _importing_the_cache(project: Project) -> str:
    """Return the first file beside tests that imports the default cache, "" if there is none."""
    for file in sorted(project.folder.rglob("*.py")):
        name = file.relative_to(project.folder).as_posix()
        text = file.read_text(encoding="utf-8", errors="replace")
        if DEFAULT_CACHE.search(text) and not is_test(name):
            return name
    return ""


test_the_processes_start = startup_checks.test_the_processes_start


@check("The worker knows the task by its name", after=(test_the_processes_start,))
def test_the_worker_knows_the_task(project: Project) -> None:
    require_known(
        project,
        TASK,
        look_at=f"{TASKS}: is send_status_periodically there, and a @shared_task?",
        guide="05, Write the task",
    )


@check(
    "Five visitors at once stay connected while a run goes on",
    after=(
        test_the_interval_follows_the_environment,
        test_the_cache_is_shared,
        test_the_worker_knows_the_task,
    ),
)
def test_five_visitors_stay_connected(project: Project, watched_run: Later[WatchedRun]) -> None:
    seen = watched_run.result(WATCH_SECONDS)
    lost = seen.refused or next((one for one in seen.visitors if not one.is_open), None)
    if lost:
        not_yet = NotYet(
            done=OPENED,
            seen=lost.seen,
            expected="websockets that open, and stay open",
            look_at=f"{CONSUMERS}, connect",
            guide="05, Start a run on connecting",
            words=project.process("web").log.tail(),
        )
        raise explain_socket(
            not_yet, project, PATH, is_hung=seen.refused is not None and seen.refused.status == 0
        )


@check("A run leaves no error in the worker's log", after=(test_five_visitors_stay_connected,))
def test_the_worker_logs_no_error(project: Project, watched_run: Later[WatchedRun]) -> None:
    worker = project.process("worker")
    seen = watched_run.result(WATCH_SECONDS)
    since = {"worker": seen.log_place}
    errors = worker.log.errors_since(since["worker"])
    if worker.log.note:
        raise NotYet(
            done=f"{OPENED}, and looked into the worker's log",
            seen=worker.log.note,
            expected="a line now and then",
            look_at=f"{TASKS}, send_status_periodically: what does it print, and how often?",
            guide="05, Write the task",
            words=worker.log.tail(),
        )
    if not errors:
        return
    held_up = worker.held_up_seconds() - seen.held_up_seconds
    if all(LOCKED in line for line in errors) and held_up > SQLITE_SECONDS:
        raise CannotTell(
            "the database was locked for longer than SQLite waits, and others had the processor "
            "meanwhile: this machine is very busy"
        )
    found = [line for text in ASYNC for line in errors if text in line]
    told = ERROR.search(without_passwords(" ".join(found[:1] or errors)))
    not_yet = NotYet(
        done=f"{OPENED}, and looked into the worker's log; other tasks were sent meanwhile",
        seen=f"errors, such as {told[0] if told else shortened(errors[0], 200, ' …')}",
        expected="none",
        look_at=f"Procfile, worker: {worker.command}. Which pools have a thread for each task?"
        if found
        else f"{TASKS}, send_status_periodically",
        guide="05, Choose the worker's pool" if found else "05, Write the task",
        words="" if found else worker.log.tail(),
    )
    bare = replace(not_yet, seen="an error")
    explained = explain_logs(bare, project, "worker", since=since)
    raise not_yet if found or explained is bare else explained


@check("All visitors share one run", after=(test_the_worker_logs_no_error,))
def test_all_share_one_run(watched_run: Later[WatchedRun]) -> None:
    seen = watched_run.result(WATCH_SECONDS)
    visitors = filter(has_two_runs, seen.visitors)
    if most := max(visitors, key=lambda visitor: len(visitor.frames), default=None):
        # So much later than the page came, the worker may have taken its task.
        taken = min(seen.busy_seconds, INTERVAL_SECONDS)
        if is_followed_by_one(most) and any(
            late.opened_at + taken > run_end(most) for late in seen.late
        ):
            raise CannotTell(
                "a page that was opened amid a run came in after it, and began one of its own: "
                "this machine is very busy"
            )
        raise NotYet(
            done=OPENED,
            seen=f"one of them was sent {len(most.frames)} statuses: {_listed(most)}",
            expected=f"a greeting and the {len(RUN)} of one run, no two alike in a row: a "
            "visitor who comes while a run goes on starts none",
            look_at=f"{CONSUMERS} and {TASKS}: "
            "who takes the lock, and what happens to a message that waits meanwhile?",
            guide="05, One run at a time",
        )


@check("A run sends one status every STATUS_INTERVAL", after=(test_all_share_one_run,))
def test_a_run_keeps_the_interval(watched_run: Later[WatchedRun]) -> None:
    seconds = gaps(watched_run.result(WATCH_SECONDS).visitors[0])
    if not seconds:
        return  # too little to tell, and the next check says so
    middle = statistics.median(seconds) / INTERVAL_SECONDS
    if not LEAST_SHARE <= middle <= MOST_SHARE:
        raise NotYet(
            done=f"opened a page with STATUS_INTERVAL={INTERVAL_SECONDS:g}",
            seen=f"{statistics.median(seconds):.1f} s from one status to the next",
            expected=f"about {INTERVAL_SECONDS:g} s",
            look_at=f"{TASKS}, send_status_periodically: what does it sleep for?",
            guide="05, Set the interval",
        )


@check("Five visitors at once each see the run", after=(test_a_run_keeps_the_interval,))
def test_five_visitors_see_the_run(project: Project, watched_run: Later[WatchedRun]) -> None:
    for number, visitor in enumerate(watched_run.result(WATCH_SECONDS).visitors, 1):
        seen = changes(visitor)
        if len(seen) >= len(RUN) - 1 and seen == RUN[-len(seen) :]:
            continue
        came = f"visitor {number} was sent {_listed(visitor)}"
        guide = "05, Write the task"
        if seen:
            hint = f"{TASKS}, send_status_periodically: what does it send to the group, how often?"
        elif project.received(TASK):
            came += ", though the worker took the task"
            hint = f"{TASKS} and {CONSUMERS}: to which group is it sent, and which one is joined?"
        else:
            came += ", and the worker took no task"
            hint = f"{CONSUMERS}, connect: does it send the task?"
            guide = "05, Start a run on connecting"
        not_yet = NotYet(
            done=OPENED,
            seen=came,
            expected=", ".join(RUN),
            look_at=hint,
            guide=guide,
            words=project.process("worker").log.tail(),
        )
        since = {"worker": watched_run.result(0).log_place}
        told = explain_logs(not_yet, project, "worker", "web", since=since)
        pushed = [Evidence(frame.text, project.folder) for frame in visitor.frames[-1:]]
        raise explain(told, *pushed, causes=FRAMES) if told is not_yet else told


@check("Called by hand, the task reaches an open page", after=(test_five_visitors_see_the_run,))
def test_a_call_by_hand_reaches_the_page(project: Project, watched_run: Later[WatchedRun]) -> None:
    page, since = watched_run.result(WATCH_SECONDS).visitors[0], time.monotonic()
    log_place = project.process("worker").log.size()
    project.app.send_task(TASK, kwargs={"num_iterations": len(BY_HAND)})
    page.wait_for(lambda: changes(page, since) == BY_HAND, NEXT_SECONDS)
    if changes(page, since)[: len(BY_HAND)] != BY_HAND:
        not_yet = NotYet(
            done=f"send_status_periodically.delay(num_iterations={len(BY_HAND)}), while no run "
            "went on",
            seen=f"an open page was sent {', '.join(statuses(page, since)) or 'nothing'}",
            expected=", ".join(BY_HAND),
            look_at=f"{TASKS}, send_status_periodically",
            guide="05, Write the task",
            words=project.process("worker").log.tail(),
        )
        raise explain_logs(not_yet, project, "worker", "web", since={"worker": log_place})
    wait = first_wait(page, since)
    for _ in range(LOOKS_AGAIN):  # one that the machine held up is no mistake
        if wait is None or wait <= SOON_SHARE * INTERVAL_SECONDS:
            return
        wait = first_wait(page, call_again(project, page))
    if wait is not None and wait > SOON_SHARE * INTERVAL_SECONDS:
        raise NotYet(
            done=f"send_status_periodically.delay(), with STATUS_INTERVAL={INTERVAL_SECONDS:g}, "
            "while no run went on",
            seen=f"the first status came after {wait:.1f} s",
            expected="the first one at once, and each other one an interval later",
            look_at=f"{TASKS}, send_status_periodically: before which statuses does its loop "
            "sleep?",
            guide="05, Write the task",
        )


@check(
    "While a task can't be sent, other pages are answered",
    after=(test_five_visitors_see_the_run,),
)
def test_a_held_up_task_holds_up_nobody_else(
    watched_run: Later[WatchedRun], blocked_send: Later[BlockedSend]
) -> None:
    seen = blocked_send.result(BLOCKED_SECONDS)
    if seen.slow:
        raise NotYet(
            done=f"opened websockets, with a Redis that held up {seen.held}, then {seen.slow.done}",
            seen=seen.slow.seen,
            expected="an answer at once: one page that waits for Redis must not stop the server",
            look_at=f"{CONSUMERS}, connect: which call there waits for Redis on the event loop?",
            guide="05, Send the task off the event loop",
        )
    if not seen.held:
        raise CannotTell(
            "opening a page sent no task through a Redis of the checks' own, though it does here"
        )


@check("A late visitor is sent the current status", after=(test_five_visitors_see_the_run,))
def test_a_late_visitor_is_sent_the_status(
    project: Project, watched_run: Later[WatchedRun]
) -> None:
    for late in watched_run.result(WATCH_SECONDS).late:
        is_first = late.first == late.expected and late.after_seconds <= LATE_SECONDS
        if late.is_blurred or (is_first and late.other is None):
            continue
        if is_first:
            seen = f"{late.expected}, and right after it {late.other}, which no other page was sent"
        elif late.first is None or late.after_seconds > INTERVAL_SECONDS / 2:
            seen = "nothing before the run's next status"
        else:
            seen = f"the first thing sent was {late.first}, after {late.after_seconds:.1f} s"
        raise NotYet(
            done=f"opened a page when all others had been sent {late.expected}",
            seen=seen,
            expected=f"{late.expected} within {LATE_SECONDS:g} s, not only the next change",
            look_at=f"{CONSUMERS}, connect: does it learn the current status, and send it?",
            guide="05, Tell late visitors",
        )
    if kept := kept_for_long(project.redis.url):
        end = "without an end" if kept.seconds == NEVER else f"for {kept.seconds} seconds more"
        raise NotYet(
            done="looked at what the cache keeps, after a run",
            seen=f"the status under the key “{kept.key}”, {end}: a later visitor is sent an "
            "old one",
            expected="a time-out: it outlives its run by three intervals",
            look_at=f"{TASKS}: which argument of cache.set says how long?",
            guide="05, Tell late visitors",
        )


@check("Other tasks succeed while a run goes on", after=(test_five_visitors_see_the_run,))
def test_other_tasks_succeed(project: Project, watched_run: Later[WatchedRun]) -> None:
    ids = watched_run.result(WATCH_SECONDS).task_ids

    def missing() -> int:
        rows = project.ask("results", ids=ids)["rows"]
        return len(ids) - [row["status"] for row in rows].count("SUCCESS")

    wait_until(lambda: not missing(), RESULTS_SECONDS)
    if left := missing():
        not_yet = NotYet(
            done=f"sent {len(ids)} × {UNRELATED} while a run went on",
            seen=f"{left} of them have no result",
            expected="a stored result each: a run must not disturb the tasks of others",
            look_at=f"Procfile, worker: {project.process('worker').command}",
            guide="05, Choose the worker's pool",
            words=project.process("worker").log.tail(),
        )
        raise explain_logs(not_yet, project, "worker")


def shows_a_run(page: LivePage, begin_run: Callable[[], object]) -> bool:
    """Tell whether the page shows each status of a run; one that it can't have seen begins anew."""
    if all(page.shows(text, BROWSER_SECONDS) for text in STATUSES):
        return True
    if not page.sockets:
        return False
    # It may have come in a run's last interval: after its last status, and before the lock is free.
    begin_run()
    return all(page.shows(text, BROWSER_SECONDS) for text in STATUSES)


def _listed(visitor: WebsocketClient) -> str:
    # An empty one is shown as what it is.
    seen = [status or "an empty one" for status in statuses(visitor)]
    shown = ", ".join(seen[:10]) + (", …" if len(seen) > 10 else "")
    return shown or "nothing"


@check(
    "In a real browser the text changes by itself",
    after=(test_five_visitors_see_the_run,),
)
def test_a_browser_shows_the_run(
    project: Project, live_page: LivePage, watched_run: Later[WatchedRun]
) -> None:
    # Only when the others' run is over may another one begin.
    visitors = watched_run.result(WATCH_SECONDS).visitors
    elements = live_elements(project)
    require_connecting(elements, f"{project.url}{PAGE}")
    done = f"opened {PATH} and compared what came with {PAGE}"
    require_swappable(project, visitors[0].frames[0].text, elements, done=done)
    live_page.open(f"{project.url}/live/")
    if not shows_a_run(live_page, lambda: project.app.send_task(TASK)) or live_page.loads > 1:
        texts = ", ".join(f"“{text}”" for text in live_page.texts)
        not_yet = NotYet(
            done="opened /live/ in a real browser and looked at the element with id=status",
            seen=f"it showed {texts or 'no change'}"
            + (f", and the page was loaded {live_page.loads} times" if live_page.loads > 1 else "")
            if live_page.sockets
            else "the page opened no websocket",
            expected="RUNNING and FINISHED alternately, without a reload",
            look_at="templates/live.html and status/partials/current_status.html"
            if live_page.sockets
            else "templates/live.html: what makes htmx read ws-connect?",
            guide="05, Watch two tabs",
            words="\n".join(live_page.problems),
        )
        frames = watched_run.result(0).visitors[0].frames[-1:]
        pushed = [Evidence(frame.text, project.folder) for frame in frames]
        console = "\n".join(live_page.problems + live_page.complaints)
        told = explain(not_yet, Evidence(console, project.folder), causes=CONSOLE)
        raise explain(told, *pushed, causes=FRAMES) if told is not_yet else told


@check("The page says whether its websocket is open", after=(test_five_visitors_see_the_run,))
def test_the_page_says_whether_it_is_connected(
    project: Project, closed_pages: Later[ClosedPages]
) -> None:
    require_sign(closed_pages.result(CLOSES_SECONDS), project)


@check(
    "The page connects again after every close but a refusal",
    after=(test_the_page_says_whether_it_is_connected,),
)
def test_the_page_connects_again(closed_pages: Later[ClosedPages]) -> None:
    require_return(closed_pages.result(CLOSES_SECONDS))


@check(
    "The lock is released when the task can't be sent",
    after=(test_a_held_up_task_holds_up_nobody_else,),
)
def test_the_lock_is_released(blocked_send: Later[BlockedSend]) -> None:
    if not blocked_send.result(BLOCKED_SECONDS).sends_again:
        raise NotYet(
            done="cut the connection when a page sent the task; then all was well again, "
            "and another page was opened",
            seen="no task was sent for it",
            expected="a run at once: the lock must not outlive a task that was never sent",
            look_at=f"{CONSUMERS} and {TASKS}: "
            "what happens to the lock if sending the task raises?",
            guide="05, One run at a time",
        )


@check(
    "A message that waited too long is discarded",
    after=(test_a_held_up_task_holds_up_nobody_else,),
)
def test_a_stale_message_is_discarded(
    watched_run: Later[WatchedRun], blocked_send: Later[BlockedSend]
) -> None:
    # Where the lock is taken before the task is sent, a run has one message, and the next needs it.
    messages = watched_run.result(WATCH_SECONDS).messages
    if messages > 1 and blocked_send.result(BLOCKED_SECONDS).expires is None:
        raise NotYet(
            done="looked at the messages that opening a page sends to the worker",
            seen=f"{messages} during one run, and they never expire",
            expected="the header expires: a worker that was down would do a run for each page that "
            "was opened meanwhile, one after the other",
            look_at=f"{TASKS}, send_status_periodically: how long is such a message of use?",
            guide="05, One run at a time",
        )


@check("The lock of a killed run expires", after=(test_five_visitors_see_the_run,))
def test_the_lock_of_a_killed_run_expires(failover: Later[Failover]) -> None:
    if wrong := failover.result(FAILOVER_SECONDS).killed:
        raise wrong


@check("A run that fails releases the lock", after=(test_the_lock_of_a_killed_run_expires,))
def test_a_failed_run_releases_the_lock(failover: Later[Failover]) -> None:
    if wrong := failover.result(FAILOVER_SECONDS).failed:
        raise wrong


test_no_migration_is_missing = startup_checks.test_no_migration_is_missing
