"""Step 05: a worker that is killed amid a run, and a Redis that is restarted.

Both befall a twin of the project, beside the other checks, and are seen by a page of its own.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass

from checks.clients.websocket_client import PageAgain, Refused, Sockets, WebsocketClient
from checks.common.evidence import explain_logs
from checks.common.project_files import CONSUMERS, TASKS
from checks.harness.instances import Twin
from checks.harness.project import INTERVAL_SECONDS
from checks.step_05.status_run import NEXT_SECONDS, TASK, statuses
from checks.verdicts import NotYet
from workbook.runtime.waiting import wait_until

# Contract: three intervals, and some time for the next run to begin.
FREED_SECONDS, READY_SECONDS = 3 * INTERVAL_SECONDS + 2, 2
KNOCK_SECONDS = 0.3
# Redis is away for longer than an interval, so that a status falls into that time.
AWAY_SECONDS, BACK_SECONDS = 1.3 * INTERVAL_SECONDS, 15


@dataclass
class Failover:
    """What a twin's page did not get to see: None where all was well."""

    killed: NotYet | None
    restarted: NotYet | None


def fail_over(twin: Twin, sockets: Sockets) -> Failover:
    """Kill a twin's worker amid a run, and then restart its Redis amid the next one.

    Raises NotYet where no run begins at all.
    """
    twin.wait()
    page = _page_amid_a_run(twin, sockets)
    killed = _kill_worker(twin, sockets, page)
    if killed:
        return Failover(killed, killed)
    return Failover(None, _restart_redis(twin, sockets, page))


def _page_amid_a_run(twin: Twin, sockets: Sockets) -> WebsocketClient:
    try:
        page = sockets.open(twin.url)
        came = page.wait_for(lambda: page.frames, NEXT_SECONDS)
        # What came may be a greeting alone.
        if came and wait_until(lambda: twin.received(TASK), NEXT_SECONDS):
            return page
        seen = page.seen
    except Refused as refused:
        seen = refused.seen
    raise explain_logs(
        NotYet(
            done="opened a page at a second server, whose Redis knows of no run",
            seen=f"no status of a run within {NEXT_SECONDS:g} s; {seen}",
            expected="a run, as at the first server",
            look_at=f"{CONSUMERS} and {TASKS}: where is it kept that a run goes on?",
            guide="05, One run at a time",
            words=twin.process("web").log.tail(),
        ),
        twin,
        "web",
        "worker",
    )


def _kill_worker(twin: Twin, sockets: Sockets, page: WebsocketClient) -> NotYet | None:
    """Kill the worker and start it again; return what is wrong if no next run begins in time."""
    twin.process("worker").kill()
    killed_at = time.monotonic()
    twin.restart("worker")
    deadline = max(killed_at + FREED_SECONDS, time.monotonic() + READY_SECONDS)
    since = killed_at + KNOCK_SECONDS  # what was under way may still arrive
    while not statuses(page, since) and time.monotonic() < deadline:
        _knock(twin, sockets)
        page.wait_for(lambda: statuses(page, since), KNOCK_SECONDS)
    if statuses(page, since):
        return None
    return explain_logs(
        NotYet(
            done="killed the worker while a run went on, started it again, and opened new pages",
            seen=f"no run within {time.monotonic() - killed_at:.0f} s",
            expected=f"one within 3 × STATUS_INTERVAL, {3 * INTERVAL_SECONDS:g} s here: whoever "
            "is killed can't give anything back",
            look_at="the place where the lock is taken: how long does it last if nobody renews it?",
            guide="05, Outlive a killed worker",
            words=twin.process("worker").log.tail(),
        ),
        twin,
        "worker",
        "web",
    )


def _restart_redis(twin: Twin, sockets: Sockets, page: WebsocketClient) -> NotYet | None:
    """Restart Redis; return what is wrong if the page is told nothing after its return."""
    again = PageAgain(sockets, twin.url, page)
    twin.restart_redis(AWAY_SECONDS)
    if again.is_told(BACK_SECONDS):
        return None
    return NotYet(
        done=f"stopped Redis for {AWAY_SECONDS:g} s while a run went on, with a page open",
        seen=f"no status within {BACK_SECONDS} s of its return; {again.seen}",
        expected="a status: the run goes on, or the page, connected again, gets another one",
        look_at=f"{TASKS}, send_status_periodically: what if sending one status raises?",
        guide="05, Outlive a restart of Redis",
        words=twin.process("worker").log.tail(),
    )


def _knock(twin: Twin, sockets: Sockets) -> None:
    """Open one more page: a run begins if none goes on."""
    with suppress(Refused):
        sockets.open(twin.url)
