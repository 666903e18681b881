"""A web process whose tasks can't be sent: a proxy between it and Redis holds them up."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from checks.clients.http_client import Answer, visiting
from checks.clients.websocket_client import Sockets, opened_sockets
from checks.common.statuses import TASK
from checks.harness.instances import opened_web
from checks.harness.project import Project
from checks.harness.proxies.redis_proxy import CUT, PASS, Command, RedisProxy
from checks.pace import delay, patience
from workbook.redis_server.server import private_redis
from workbook.runtime.ports import LOOPBACK
from workbook.runtime.waiting import wait_until

# A lock that isn't released must not expire while the check looks.
LONG_INTERVAL = 30
VISITORS = 3
HELD_SECONDS, ANSWER_SECONDS, PATIENCE_SECONDS = patience(4), 2 + delay(0.5), 3
# Celery tries again after 0.6 s at the most, unless it is told otherwise.
GIVEN_UP_SECONDS, GIVING_UP_SECONDS = 0.8, patience(5)
FREE_SECONDS = patience(3)
NO_PAGE = "/no-page-of-this-project/"  # Django answers a 404 without asking anybody


@dataclass
class BlockedSend:
    """What was seen: the page's slow answer, if any, and whether a run was sent afterwards."""

    held: str = ""
    expires: str | None = None  # when the task's message does, if ever
    slow: Answer | None = None
    sends_again: bool = False
    words: str = ""


def block_send(project: Project, folder: Path) -> BlockedSend:
    """Hold up what a page sends to Redis on being opened, ask for another page meanwhile.

    Then cut it off, let everything through again, and see whether the next visitor gets a run.
    `folder` is the copy that the web process runs in, made while no run went on.
    """
    with (
        # A Redis of its own: a lock taken there concerns no other page. Another database
        # would not do, for a project may name databases itself.
        private_redis(run=project.run) as redis,
        closing(RedisProxy(redis.port)) as proxy,
        opened_web(
            project.launcher,
            folder,
            broker=f"redis://{LOOPBACK}:{proxy.port}",
            STATUS_INTERVAL=str(LONG_INTERVAL),
        ) as url,
        opened_sockets() as sockets,
        ThreadPoolExecutor(VISITORS) as pool,
    ):
        with visiting(url) as visitor:
            visitor.get("/")  # the first page of a process takes longer than the others
        for _ in range(VISITORS):
            pool.submit(sockets.try_open, url)
        seen = _ask_meanwhile(proxy, url)
        if seen.held and not seen.slow:
            seen.sends_again = _sends_again(proxy, sockets, url)
        proxy.close()  # nobody waits any longer
        return seen


def _ask_meanwhile(proxy: RedisProxy, url: str) -> BlockedSend:
    seen, page = BlockedSend(), "/"
    while held := proxy.next_held(HELD_SECONDS):
        answer = _ask(url, page)
        if _is_slow(answer) and page != NO_PAGE and not _is_slow(_ask(url, NO_PAGE)):
            page = NO_PAGE  # the other waited for its own session: sessions are in Redis
        elif _is_slow(answer):
            # Another command that is held may be the one that all wait for.
            sends = held.command.sends
            while other := proxy.next_held(0):
                sends = sends or other.command.sends
            return BlockedSend("sending the task" if sends else "taking the lock", slow=answer)
        if held.command.sends:
            seen.held = "sending the task"
            seen.expires = _expiry(held.command)
            proxy.mode = CUT
            held.cut()
            break
        held.let_pass()
    return seen


def _ask(url: str, page: str) -> Answer:
    with visiting(url) as visitor:
        return visitor.get(page, within=PATIENCE_SECONDS)


def _is_slow(answer: Answer) -> bool:
    return bool(answer.problem) or answer.seconds > ANSWER_SECONDS


def _expiry(command: Command) -> str | None:
    """Return when the message that a command sends expires, None if it never does."""
    message = next((word for word in command.words if word.startswith(b"{")), b"{}")
    expires: str | None = json.loads(message).get("headers", {}).get("expires")
    return expires


def _sends_again(proxy: RedisProxy, sockets: Sockets, url: str) -> bool:
    """Wait until the sending has been given up, then come again. True if a run is sent."""
    while held := proxy.next_held(0):
        held.cut() if held.command.sends else held.let_pass()
    wait_until(
        lambda: not proxy.was_cut_since(time.monotonic() - GIVEN_UP_SECONDS), GIVING_UP_SECONDS
    )
    proxy.mode = PASS

    def is_sent() -> bool:
        sockets.try_open(url)
        sent = proxy.next_sent(0.5)
        return sent is not None and TASK.encode() in b" ".join(sent.words)

    return wait_until(is_sent, FREE_SECONDS)
