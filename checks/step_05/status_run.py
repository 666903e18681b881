"""A run of statuses as the open pages see it: five at once, some who come late, and the rest."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby, pairwise
from uuid import uuid4

from checks.clients.websocket_client import Refused, Sockets, WebsocketClient
from checks.common.statuses import NEXT_SECONDS, STATUSES, TASK, status_in, statuses
from checks.harness.project import INTERVAL_SECONDS, Project

RUN = ["RUNNING", "FINISHED", "RUNNING", "FINISHED", "RUNNING"]
VISITORS = 5
# How slow is too slow to look on, and how long nothing more may come.
SLOW_SECONDS, QUIET_SECONDS = 3 * INTERVAL_SECONDS, 1.3 * INTERVAL_SECONDS
WHOLE_RUN_SECONDS = (len(RUN) - 1.5) * INTERVAL_SECONDS
SEEN_OUT_SECONDS = (len(RUN) + 2) * INTERVAL_SECONDS
# More than that is no run any more: the looking ends.
FLOOD_FRAMES = 60
UNRELATED, BURST = "celery.backend_cleanup", 12
# How long before the next status they are sent, so that both are under way at the same time.
AHEAD_SECONDS = 0.02
# A late visitor who came so shortly before a change tells nothing. So long after the first status
# one more is looked for: what is sent on connecting comes at once.
BLURRED_SECONDS, MORE_SECONDS = 0.2, 0.3


@dataclass(frozen=True)
class Late:
    """One who came while the run went on: what held then, and what this visitor was sent first.

    `other` is a status that this visitor alone was sent right after it, None if there was none.
    """

    expected: str
    first: str | None
    other: str | None
    after_seconds: float
    is_blurred: bool
    opened_at: float  # by time.monotonic()


@dataclass
class WatchedRun:
    """Five visitors at once, and what became of them while one run went on."""

    visitors: list[WebsocketClient] = field(default_factory=list)
    late: list[Late] = field(default_factory=list)
    refused: Refused | None = None
    task_ids: list[str] = field(default_factory=list)
    log_place: int = 0
    held_up_seconds: float = 0  # what others had taken from the worker when it began
    messages: int = 0  # how many the worker got for the one run
    busy_seconds: float = 0  # how much of the run others took from the worker


def changes(visitor: WebsocketClient, since: float = 0) -> list[str]:
    """Return the statuses that a visitor was sent, equal neighbours collapsed."""
    return [status for status, _ in groupby(statuses(visitor, since))]


def has_two_runs(visitor: WebsocketClient) -> bool:
    """Tell whether a visitor saw what no single run sends: the same status twice, and again.

    Twice at the start may be a greeting. A single run without an end alternates, and is another
    mistake.
    """
    # What is no status at all is another matter, told by another check.
    seen = [one for one in statuses(visitor) if one in STATUSES]
    repeats = [number for number, pair in enumerate(pairwise(seen)) if pair[0] == pair[1]]
    return len(repeats) > 1 or (len(seen) > len(RUN) + 1 and any(repeats))


def run_end(visitor: WebsocketClient) -> float:
    """Return when a visitor was sent the last status of a run, by time.monotonic()."""
    seen = -1
    last = ""
    for frame in list(visitor.frames):
        if (status := status_in(frame.words) or "") != last:
            seen, last = seen + 1, status
        if seen == len(RUN) - 1:
            return frame.at
    return time.monotonic()


def after_run(visitor: WebsocketClient) -> list[str]:
    """Return the statuses that a visitor was sent after a run's last one."""
    return statuses(visitor, run_end(visitor))[1:]


def is_followed_by_one(visitor: WebsocketClient) -> bool:
    """Tell whether a visitor was sent a whole run, and then one more."""
    # One that begins amid the first sends the first's last status for it, and too soon.
    took_seconds = run_end(visitor) - visitor.frames[0].at
    return took_seconds > WHOLE_RUN_SECONDS and after_run(visitor) == RUN


def _has_more_changes(visitor: WebsocketClient, than: int) -> bool:
    return len(changes(visitor)) > than


def gaps(visitor: WebsocketClient) -> list[float]:
    """Return the seconds between one change and the next."""
    changed = groupby(list(visitor.frames), lambda frame: status_in(frame.words))
    return [after - before for before, after in pairwise(next(same).at for _, same in changed)]


def first_wait(visitor: WebsocketClient, since: float) -> float | None:
    """Return the seconds from `since` to the first thing sent after it, None if there is none."""
    return next((frame.at - since for frame in list(visitor.frames) if frame.at >= since), None)


def one_more_run(watched_run: WatchedRun) -> bool:
    """Wait for the end of the run that a late visitor may have begun, and tell whether it was one.

    A message does that which the worker takes when the first run is over: at once where it has one
    place, after a while where it is busy. A run more, or half a one, is begun by something else.
    """
    first = watched_run.visitors[0]
    if not watched_run.late or after_run(first)[:1] != RUN[:1]:
        return False
    first.wait_for(lambda: len(after_run(first)) >= len(RUN), SEEN_OUT_SECONDS)
    first.wait_for(lambda: len(after_run(first)) > len(RUN), QUIET_SECONDS)
    return is_followed_by_one(first)


def take_off_next_run(watched_run: WatchedRun) -> None:
    """Take off what was seen the run that came after the first."""
    for visitor in watched_run.visitors:
        if is_followed_by_one(visitor):
            del visitor.frames[-len(RUN) :]


def call_again(project: Project, visitor: WebsocketClient) -> float:
    """Send the task for one status, once no run goes on. Return when it was sent."""
    time.sleep(QUIET_SECONDS)
    since = time.monotonic()
    project.app.send_task(TASK, kwargs={"num_iterations": 1})
    visitor.wait_for(lambda: statuses(visitor, since), NEXT_SECONDS)
    return since


def watch(project: Project, sockets: Sockets) -> WatchedRun:
    """Watch five visitors while one run goes on, and what others do meanwhile.

    Where a message of a late visitor may have begun a run of its own, they are watched once more: a
    busy worker takes one so late by chance, a lock that is awaited lets it always.
    """
    has_one_place = project.has_one_place()
    seen = _watch_once(project, sockets)
    if seen.refused or not one_more_run(seen):
        return seen
    if has_one_place:
        take_off_next_run(seen)
        return seen
    for visitor in seen.visitors:
        visitor.close()
    again = _watch_once(project, sockets)
    if not again.refused:
        one_more_run(again)  # its end is waited for
    return replace(
        again,
        task_ids=[*seen.task_ids, *again.task_ids],
        log_place=seen.log_place,
        held_up_seconds=seen.held_up_seconds,
    )


def _watch_once(project: Project, sockets: Sockets) -> WatchedRun:
    """Open five pages at once and watch them until the run is over, and a while longer."""
    worker, received_before = project.process("worker"), project.received(TASK)
    watched_run = WatchedRun(log_place=worker.log.size(), held_up_seconds=worker.held_up_seconds())
    with ThreadPoolExecutor(VISITORS) as pool:
        opening = [pool.submit(sockets.open, project.url) for _ in range(VISITORS)]
    for one in opening:
        if isinstance(error := one.exception(), Refused):
            watched_run.refused = error
            return watched_run
        watched_run.visitors.append(one.result())
    _send_burst(project, watched_run)
    first = watched_run.visitors[0]
    while (number := len(changes(first))) < len(RUN) and len(first.frames) < FLOOD_FRAMES:
        if not first.wait_for(partial(_has_more_changes, first, number), NEXT_SECONDS):
            break
        if max(gaps(first), default=0) > SLOW_SECONDS:
            return watched_run
        if number == len(RUN) - 1:
            break  # who comes after a run's last status begins another one
        if changes(first)[-1] == STATUSES[1]:
            watched_run.late.append(_come_late(project, sockets, first))
            _send_around_the_next(project, watched_run)
        # No burst before one comes late, whose message might wait behind it for the run's end.
    # One look more where something came: it shows what.
    for _ in range(2):
        so_far = len(first.frames)
        first.wait_for(lambda: len(first.frames) >= FLOOD_FRAMES, QUIET_SECONDS)
        if len(first.frames) == so_far:
            break
    watched_run.messages = project.received(TASK) - received_before
    watched_run.busy_seconds = worker.held_up_seconds() - watched_run.held_up_seconds
    return watched_run


def _come_late(project: Project, sockets: Sockets, other: WebsocketClient) -> Late:
    """Come while a run goes on. `other` knows how things stand."""
    expected, came_at = changes(other)[-1], time.monotonic()
    try:
        late = sockets.open(project.url)
    except Refused as refused:
        return Late(expected, refused.seen, None, 0, False, time.monotonic())
    late.wait_for(lambda: late.frames, INTERVAL_SECONDS)
    first = late.frames[0] if late.frames else None
    looked_at = first.at if first else time.monotonic()
    late.wait_for(lambda: len(late.frames) > 1, MORE_SECONDS)
    more = [status_in(frame.words) for frame in list(late.frames)[1:]]
    differing = next((one for one in more if one != expected), None)
    if differing:  # it may be the run's next one, on its way to the others
        time.sleep(BLURRED_SECONDS)
    until = time.monotonic() if differing else late.opened_at + BLURRED_SECONDS
    changed = [frame.at for frame in list(other.frames) if frame.at > came_at]
    return Late(
        expected,
        status_in(first.words) if first else None,
        differing,
        looked_at - late.opened_at,
        any(at < until for at in changed),
        late.opened_at,
    )


def _send_around_the_next(project: Project, watched_run: WatchedRun) -> None:
    """Send unrelated tasks while the next status is being sent: that is when asyncio works."""
    next_at = watched_run.visitors[0].frames[-1].at + INTERVAL_SECONDS
    time.sleep(max(0, next_at - AHEAD_SECONDS - time.monotonic()))
    _send_burst(project, watched_run)


def _send_burst(project: Project, watched_run: WatchedRun) -> None:
    for _ in range(BURST):
        task_id = str(uuid4())
        watched_run.task_ids.append(task_id)
        project.app.send_task(UNRELATED, task_id=task_id)
