"""Hundreds of open pages at once, and one that does not read."""

import asyncio
import base64
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psutil
import redis
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake

from checks.clients.websocket_client import PATH
from checks.harness.project import Project
from tests.faults.running_project import pids
from tests.support.sockets import is_heartbeat, status_in
from workbook.runtime.ports import LOOPBACK

GROUP = "status"
GROUP_CHANNEL = b"asgi__group__status"
# Daphne takes in about a hundred a second, and gives up on a handshake after five seconds, on a
# consumer that has not ended after ten: who asks for more at once tests a busy machine alone.
AT_ONCE, OPEN_SECONDS = 20, 60
TRIES, PAUSE_SECONDS = 10, 1
# So little that its side is full after a few messages.
SMALL_BUFFER = 4_096


@dataclass
class OpenPages:
    """Pages that are open, and what each was sent."""

    pages: list[ClientConnection]
    seen: dict[ClientConnection, list[str]] = field(default_factory=dict)
    _readers: list[asyncio.Task[None]] = field(default_factory=list)

    def cut_half(self) -> None:
        """Cut every other page off, without a closing handshake."""
        for page in self.pages[::2]:
            page.transport.abort()
        self.pages = self.pages[1::2]

    def read(self) -> None:
        """Begin to collect what the pages are sent."""
        self.seen = {page: [] for page in self.pages}
        self._readers = [asyncio.create_task(self._read(page)) for page in self.pages]

    async def leave(self) -> None:
        """Close all pages, some at a time."""
        doors = asyncio.Semaphore(AT_ONCE)

        async def close_one(page: ClientConnection) -> None:
            async with doors:
                await page.close()

        await asyncio.gather(*(close_one(page) for page in self.pages))
        await asyncio.gather(*self._readers)

    async def told(self, status: str, seconds: float) -> None:
        """Wait until every page was sent `status`."""
        async with asyncio.timeout(seconds):
            while any(status not in seen for seen in self.seen.values()):
                await asyncio.sleep(0.02)

    async def _read(self, page: ClientConnection) -> None:
        async for frame in page:
            if not is_heartbeat(frame):
                self.seen[page].append(status_in(frame))


async def come(step: Project, count: int) -> OpenPages:
    """Open `count` pages' websockets, some at a time; who is turned away comes again."""
    doors = asyncio.Semaphore(AT_ONCE)

    async def open_one() -> ClientConnection:
        async with doors:
            for _ in range(TRIES):
                with suppress(InvalidHandshake):
                    return await _open(step)
                await asyncio.sleep(PAUSE_SECONDS)
            raise AssertionError(f"turned away {TRIES} times: {step.process('web').log.tail()}")

    return OpenPages(await asyncio.gather(*(open_one() for _ in range(count))))


async def _open(step: Project) -> ClientConnection:
    return await connect(
        f"ws://{LOOPBACK}:{step.port}{PATH}",
        origin=step.url,
        open_timeout=OPEN_SECONDS,
        ping_interval=None,
        proxy=None,
    )


def say(step: Project, status: str) -> None:
    """Send a status to every open page, from another process."""
    step.ask("group_send", group=GROUP, message={"type": "send_status", "status": status})


def members(step: Project) -> int:
    """Return how many processes listen for the group: 1 while a page is open, 0 after."""
    with redis.Redis.from_url(step.redis.url) as client:
        return client.pubsub_numsub(GROUP_CHANNEL)[0][1]


def memory(step: Project) -> int:
    """Return the bytes of memory that the web process holds."""
    return sum(psutil.Process(pid).memory_info().rss for pid in pids(step.process("web")))


@contextmanager
def one_who_does_not_read(step: Project) -> Iterator[socket.socket]:
    """Keep a page open inside the block that takes its handshake in, and nothing else."""
    with socket.socket() as page:
        page.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
        page.settimeout(OPEN_SECONDS)
        page.connect((LOOPBACK, step.port))
        key = base64.b64encode(os.urandom(16)).decode()
        page.sendall(
            f"GET {PATH} HTTP/1.1\r\nHost: {LOOPBACK}:{step.port}\r\nOrigin: {step.url}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        head = page.recv(len("HTTP/1.1 101"))
        assert head.endswith(b"101"), head
        yield page
