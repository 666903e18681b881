"""A page at a second instance (see `Twin`), open while a run goes on there."""

from checks.clients.websocket_client import Refused, Sockets, WebsocketClient
from checks.common.evidence import explain_logs
from checks.common.project_files import CONSUMERS, TASKS
from checks.common.statuses import NEXT_SECONDS, TASK
from checks.harness.instances import Twin
from checks.pace import patience
from checks.verdicts import NotYet
from workbook.runtime.waiting import wait_until


def page_amid_a_run(
    twin: Twin, sockets: Sockets, *, since: dict[str, int] | None = None, sent_before: int = 0
) -> WebsocketClient:
    """Open a page, and wait for its run. Raises NotYet where none begins.

    `since` are the places in the logs, by role, before which nothing tells why; `sent_before` is
    how many times the twin was sent the task already.
    """
    try:
        page = sockets.open(twin.url)
        came = page.wait_for(lambda: page.frames, NEXT_SECONDS)
        # What came may be a greeting alone.
        if came and wait_until(lambda: twin.received(TASK) > sent_before, patience(NEXT_SECONDS)):
            return page
        seen = page.seen
    except Refused as refused:
        seen = refused.seen
    not_yet = NotYet(
        done="opened a page at a second server, whose Redis knows of no run",
        seen=f"no status of a run within {patience(NEXT_SECONDS):g} s; {seen}",
        expected="a run, as at the first server",
        look_at=f"{CONSUMERS} and {TASKS}: where is it stored that a run is going on?",
        guide="05, One run at a time",
        words=twin.process("web").log.tail(),
    )
    raise explain_logs(not_yet, twin, "web", "worker", since=since)
