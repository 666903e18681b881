"""What is fetched: a proxy on loopback that all bytes go through, and counts them.

It passes on what is in a tunnel (CONNECT, as every client asks for with https://) without looking
inside. So what it counts includes the index's pages and what TLS adds.
"""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from workbook.errors import WorkbookError
from workbook.runtime.ports import LOOPBACK

CHUNK_BYTES = 1 << 16
CONNECT_SECONDS = 30
START_SECONDS = 10
# Bytes that are further apart belong to two goes of fetching, and between them another thing went
# on. A client that has asked waits for the answer, which takes longer.
PAUSE_SECONDS, ANSWER_SECONDS = 0.1, 1.0
REFUSED = b"HTTP/1.1 501 Only https:// is counted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
UNREACHABLE = b"HTTP/1.1 502 Unreachable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Traffic:
    """How many bytes came so far, and in how many seconds, over all tunnels together."""

    def __init__(self) -> None:
        self.fetched_bytes = 0
        self.fetching_seconds = 0.0
        self._last: float | None = None
        self._patience = 0.0

    def note(self, received: int, at: float) -> None:
        """Count a chunk that passed `at` (time.monotonic); one that was sent has 0 `received`."""
        if self._last is not None and at - self._last <= self._patience:
            self.fetching_seconds += at - self._last
        self.fetched_bytes += received
        self._last = at
        self._patience = PAUSE_SECONDS if received else ANSWER_SECONDS


@dataclass(frozen=True)
class Addresses:
    """What the names of hosts resolve to, each asked for once.

    An installer opens dozens of tunnels at a time. The system answers few questions at a time, and
    whoever goes without this proxy asks for a name once.
    """

    found: dict[str, asyncio.Task[str]] = field(default_factory=dict)

    async def of(self, host: str) -> str:
        """Return an address of `host`; raises OSError where it has none."""
        if host not in self.found:
            self.found[host] = asyncio.create_task(self._look_up(host))
        return await asyncio.shield(self.found[host])

    async def _look_up(self, host: str) -> str:
        loop = asyncio.get_running_loop()
        answers = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        return str(answers[0][4][0])


class Proxy:
    """A counting proxy: its address once it runs, and what has passed it."""

    def __init__(self) -> None:
        self.url = ""
        self.traffic = Traffic()
        self._addresses = Addresses()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection: open the tunnel it asks for, and pass on bytes until an end."""
        # A tunnel that the end of the proxy cancels has nobody left to tell.
        ends = (asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError)
        with contextlib.suppress(OSError, *ends):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, target, *_ = head.split()
            if method == "CONNECT":
                await self._tunnel(target, reader, writer)
            else:
                writer.write(REFUSED)
                await writer.drain()
        writer.close()

    async def _tunnel(
        self, target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        host, _, port = target.rpartition(":")
        self.traffic.note(0, time.monotonic())
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                far_reader, far_writer = await asyncio.open_connection(
                    await self._addresses.of(host.strip("[]")), int(port)
                )
        except (OSError, ValueError):  # TimeoutError is an OSError
            writer.write(UNREACHABLE)
            await writer.drain()
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(
                _pass_on(reader, far_writer, lambda _count, at: self.traffic.note(0, at)),
                _pass_on(far_reader, writer, self.traffic.note),
            )
        finally:
            far_writer.close()


@contextmanager
def counting_proxy() -> Iterator[Proxy]:
    """Run the proxy inside the block, on a free port of loopback; no tunnel outlives the block.

    Raises WorkbookError where it does not start.
    """
    proxy, loop = Proxy(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        start = asyncio.start_server(proxy.serve, LOOPBACK, 0)
        try:
            server = asyncio.run_coroutine_threadsafe(start, loop).result(START_SECONDS)
        except (OSError, TimeoutError) as error:
            raise WorkbookError(f"The proxy that counts bytes did not start: {error}.") from error
        proxy.url = f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(_end_all(), loop).result(START_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(START_SECONDS)
        loop.close()


async def _end_all() -> None:
    """End every tunnel, and whatever else the loop has under way."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _pass_on(reader, writer, note) -> None:
    """Pass on what comes until the sender has ended; `note` gets the length and the moment."""
    while chunk := await reader.read(CHUNK_BYTES):
        note(len(chunk), time.monotonic())
        writer.write(chunk)
        await writer.drain()
    # The other direction may go on for a while.
    with contextlib.suppress(OSError, RuntimeError):
        writer.write_eof()
