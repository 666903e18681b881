"""Step 05: a run of a twin that fails, then its worker is killed amid one, beside the others."""

import time
from dataclasses import dataclass

from checks.clients.websocket_client import Sockets, WebsocketClient
from checks.common.evidence import logs_of
from checks.common.project_files import TASKS
from checks.common.statuses import NEXT_SECONDS, TASK, statuses
from checks.common.twin_page import page_amid_a_run
from checks.harness.diagnosis.explain import explain
from checks.harness.instances import Twin
from checks.harness.project import INTERVAL_SECONDS
from checks.pace import patience
from checks.verdicts import NotYet
from workbook.runtime.waiting import wait_until

# Contract: three intervals, and some time for the next run to begin.
FREED_SECONDS, READY_SECONDS = 3 * INTERVAL_SECONDS + patience(2), patience(2)
KNOCK_SECONDS = patience(0.3)
# What no run can do so many times. One that makes a number of it fails as well.
NO_NUMBER = "two"
FAILS_SECONDS = patience(2)


@dataclass
class Failover:
    """What a twin's pages did not get to see: None where all was well."""

    failed: NotYet | None
    killed: NotYet | None


def fail_over(twin: Twin, sockets: Sockets) -> Failover:
    """Let a twin's run fail, then kill its worker amid the next one.

    Raises NotYet where no run begins at all.
    """
    twin.wait()
    is_failed = _fail_a_run(twin)
    since = {"worker": twin.process("worker").log.size()}
    failed = None
    try:
        page = page_amid_a_run(twin, sockets, since=since, sent_before=1)
    except NotYet:
        # The page was sent nothing for longer than a lock lives: another one is let in.
        page = page_amid_a_run(twin, sockets, since=since, sent_before=2)
        failed = _turned_away(twin) if is_failed else None
    return Failover(failed, _kill_worker(twin, sockets, page))


def _fail_a_run(twin: Twin) -> bool:
    """Send the task what breaks its loop, while no run goes on. Tell whether it failed."""
    log = twin.process("worker").log
    place = log.size()
    twin.app.send_task(TASK, kwargs={"num_iterations": NO_NUMBER})
    return wait_until(lambda: any(TASK in line for line in log.errors_since(place)), FAILS_SECONDS)


def _turned_away(twin: Twin) -> NotYet:
    return NotYet(
        done=f"{TASK}.delay(num_iterations='{NO_NUMBER}'), which failed, then opened a page",
        seen=f"no status within {patience(NEXT_SECONDS):g} s, and then a run for the next page",
        expected="a run at once: a run that failed no longer holds the lock",
        look_at=f"{TASKS}, send_status_periodically: what happens to the lock after any error?",
        guide="05, One run at a time",
        words=twin.process("worker").log.tail(),
    )


def _kill_worker(twin: Twin, sockets: Sockets, page: WebsocketClient) -> NotYet | None:
    """Kill the worker and start it again; return what is wrong if no next run begins in time."""
    twin.process("worker").kill()
    killed_at = time.monotonic()
    twin.restart("worker")
    deadline = max(killed_at + FREED_SECONDS, time.monotonic() + READY_SECONDS)
    since = killed_at + KNOCK_SECONDS  # what was under way may still arrive
    while not statuses(page, since) and time.monotonic() < deadline:
        sockets.try_open(twin.url)  # a run begins if none goes on
        page.wait_for(lambda: statuses(page, since), KNOCK_SECONDS)
    if statuses(page, since):
        return None
    not_yet = NotYet(
        done="killed the worker while a run went on, started it again, and opened new pages",
        seen=f"no run within {time.monotonic() - killed_at:.0f} s",
        expected=f"one within 3 × STATUS_INTERVAL, {3 * INTERVAL_SECONDS:g} s here: a "
        "killed worker can't release its lock",
        look_at="the place where the lock is taken: how long does it last if nobody renews it?",
        guide="05, Outlive a killed worker",
        words=twin.process("worker").log.tail(),
    )
    # That a task returns at once because the lock is held is what was just seen.
    return explain(not_yet, *logs_of(twin, "worker", "web"), general=())
