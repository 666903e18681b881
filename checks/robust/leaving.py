"""Visitors who leave while statuses arrive, and what is left of them in Redis."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from checks.clients.websocket_client import Sockets, WebsocketClient
from checks.common.group import Leftovers, leftovers
from checks.harness.project import Project
from workbook.runtime.waiting import wait_until

VISITORS = 40
# How often a status is sent, and for how long visitors leave at random. A long status takes its
# time, so that one is always on its way: of step 05 each visitor then leaves something behind.
PAUSE_SECONDS, LEAVING_SECONDS = 0.003, 2
GONE_SECONDS = 6
GROUP, STATUS = "status", "CROWDED" * 3_000
# The same moments on every machine, as far as that can be.
SEED = 7


def leave_while_statuses_arrive(project: Project, sockets: Sockets) -> Leftovers:
    """Let visitors come, and leave while statuses arrive all the time; return what is left."""
    before = leftovers(project.redis.url)
    with ThreadPoolExecutor(VISITORS // 4) as pool:
        pages = list(pool.map(lambda _: sockets.open(project.url), range(VISITORS)))
    over = threading.Event()
    sender = threading.Thread(target=_send, args=(project, over), daemon=True)
    sender.start()
    pages[0].sees(STATUS, GONE_SECONDS)
    moments = random.Random(SEED)
    with ThreadPoolExecutor(VISITORS) as pool:
        for page in pages:
            pool.submit(_leave, page, moments.uniform(0, LEAVING_SECONDS))
    over.set()
    sender.join(GONE_SECONDS)
    wait_until(lambda: leftovers(project.redis.url) <= before, GONE_SECONDS)
    return leftovers(project.redis.url) - before


def _leave(page: WebsocketClient, after_seconds: float) -> None:
    time.sleep(after_seconds)
    page.break_off()


def _send(project: Project, over: threading.Event) -> None:
    message = {"type": "send_status", "status": STATUS}
    while not over.wait(PAUSE_SECONDS):
        project.ask("group_send", group=GROUP, message=message)
