"""Visitors whose consumer fails, or who leave amid statuses, and what is left of them in Redis."""

import random
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from checks.clients.websocket_client import PATH, Sockets
from checks.common.group import GROUP, Leftovers, leftovers
from checks.harness.project import Project
from checks.pace import patience
from workbook.runtime.waiting import wait_until

VISITORS = 40
# How often a status is sent, and for how long visitors leave at random. A long status takes its
# time, so that one is always on its way: of step 05 each visitor then leaves something behind.
PAUSE_SECONDS, LEAVING_SECONDS = 0.003, 2
GONE_SECONDS = patience(6)
STATUS = "CROWDED" * 3_000
# A message of an application's own that its handler can't read, as amid a deploy.
UNREADABLE = {"type": "send_status"}
READ_SECONDS, READ_PAUSE_SECONDS = 2, 0.2
# Of those who read nothing, and how long they wait for the server to close.
SLOW_VISITORS, GOODBYE_SECONDS = 8, 1
HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
# A close frame without a code, masked with zeros.
GOODBYE = bytes([0x88, 0x80, 0, 0, 0, 0])
# The same moments on every machine, as far as that can be.
SEED = 7


def fail_in_the_consumer(project: Project, sockets: Sockets) -> int:
    """Send a page what its consumer can't read, and close it; return the members it leaves."""
    before = leftovers(project.redis.url)
    page = sockets.open(project.url)
    until = time.monotonic() + patience(READ_SECONDS)
    # It joins the group at some moment of its own, and a consumer may well read that message.
    while page.is_open and time.monotonic() < until:
        project.ask("group_send", group=GROUP, message=UNREADABLE)
        page.wait_for(lambda: not page.is_open, READ_PAUSE_SECONDS)
    page.close()
    wait_until(lambda: leftovers(project.redis.url).members <= before.members, GONE_SECONDS)
    return (leftovers(project.redis.url) - before).members


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
    with ThreadPoolExecutor(VISITORS + SLOW_VISITORS) as pool:
        for number, page in enumerate(pages):
            # Alternately, as pages are closed and as machines go to sleep.
            leave = page.close if number % 2 else page.break_off
            pool.submit(_leave, leave, moments.uniform(0, LEAVING_SECONDS))
        for _ in range(SLOW_VISITORS):
            pool.submit(_leave_slowly, project)
    over.set()
    sender.join(GONE_SECONDS)
    wait_until(lambda: leftovers(project.redis.url) <= before, GONE_SECONDS)
    return leftovers(project.redis.url) - before


def _leave(leave: Callable[[], None], after_seconds: float) -> None:
    time.sleep(after_seconds)
    leave()


def _leave_slowly(project: Project) -> None:
    """Read nothing, and send a close once the server has much to send: it closes later then."""
    connection = socket.create_connection((project.launcher.host, project.port), GONE_SECONDS)
    with connection, suppress(OSError):
        host = f"{project.launcher.host}:{project.port}"
        connection.sendall(HANDSHAKE.format(path=PATH, host=host).encode())
        time.sleep(LEAVING_SECONDS)
        connection.sendall(GOODBYE)
        time.sleep(GOODBYE_SECONDS)


def _send(project: Project, over: threading.Event) -> None:
    message = {"type": "send_status", "status": STATUS}
    while not over.wait(PAUSE_SECONDS):
        project.ask("group_send", group=GROUP, message=message)
