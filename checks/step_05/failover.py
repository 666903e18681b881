"""Step 05: a worker of a twin that is killed amid a run, beside the other checks."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass

from checks.clients.websocket_client import Refused, Sockets, WebsocketClient
from checks.common.evidence import logs_of
from checks.common.statuses import statuses
from checks.common.twin_page import page_amid_a_run
from checks.harness.diagnosis.explain import explain
from checks.harness.instances import Twin
from checks.harness.project import INTERVAL_SECONDS
from checks.verdicts import NotYet

# Contract: three intervals, and some time for the next run to begin.
FREED_SECONDS, READY_SECONDS = 3 * INTERVAL_SECONDS + 2, 2
KNOCK_SECONDS = 0.3


@dataclass
class Failover:
    """What a twin's page did not get to see: None where all was well."""

    killed: NotYet | None


def fail_over(twin: Twin, sockets: Sockets) -> Failover:
    """Kill a twin's worker amid a run. Raises NotYet where no run begins at all."""
    twin.wait()
    return Failover(_kill_worker(twin, sockets, page_amid_a_run(twin, sockets)))


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
    return explain(
        NotYet(
            done="killed the worker while a run went on, started it again, and opened new pages",
            seen=f"no run within {time.monotonic() - killed_at:.0f} s",
            expected=f"one within 3 × STATUS_INTERVAL, {3 * INTERVAL_SECONDS:g} s here: whoever "
            "is killed can't give anything back",
            look_at="the place where the lock is taken: how long does it last if nobody renews it?",
            guide="05, Outlive a killed worker",
            words=twin.process("worker").log.tail(),
        ),
        *logs_of(twin, "worker", "web"),
        # That a task returns at once because the lock is held is what was just seen.
        general=(),
    )


def _knock(twin: Twin, sockets: Sockets) -> None:
    """Open one more page: a run begins if none goes on."""
    with suppress(Refused):
        sockets.open(twin.url)
