"""One visitor: an open page with a websocket, or one that polls."""

import asyncio
import re
import time
from dataclasses import dataclass
from typing import Protocol, Self
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

OPEN_SECONDS = 60
ANSWER_SECONDS = 60
FRAME_BYTES = 1_000_000
# A status carries the moment of its sending: nanoseconds of time.monotonic, many digits. A page
# that asks holds a task's id as well, parts of which may be digits alone.
STAMP = re.compile(r"(?<![\w-])\d{9,}(?![\w-])")


class Listener(Protocol):
    """What a visitor calls with each text it gets, and when it got it (time.monotonic_ns)."""

    def __call__(self, text: str, at: int) -> None: ...


class NotOpened(Exception):
    """A visitor that could not come in; the text says why."""


@dataclass(frozen=True)
class Address:
    """Where visitors go: `url` is http://… or ws://…; `cookie` names who a poller is.

    `interval` is a poller's patience between an answer and its next question, in seconds.
    """

    url: str
    cookie: str = ""
    interval: float = 1.0

    @property
    def is_websocket(self) -> bool:
        """Whether visitors are pushed to there, and need not poll."""
        return self.url.startswith("ws")


class PushVisitor:
    """A page with an open websocket."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    @classmethod
    async def come(cls, address: Address) -> Self:
        """Open the websocket as a page of the same site does. Raises NotOpened."""
        origin = f"http://{urlsplit(address.url).netloc}"
        try:
            connection = await connect(
                address.url,
                origin=origin,
                open_timeout=OPEN_SECONDS,
                close_timeout=2,
                # A browser sends no pings of its own; the server's are answered.
                ping_interval=None,
                max_size=FRAME_BYTES,
                proxy=None,
            )
        except (OSError, InvalidHandshake, ConnectionClosed, TimeoutError) as error:
            raise NotOpened(type(error).__name__) from error
        return cls(connection)

    async def stay(self, told: Listener) -> None:
        """Pass on every frame until the connection ends."""
        try:
            while True:
                text = await self._connection.recv()
                told(text, time.monotonic_ns())
        except ConnectionClosed:
            return

    def hang_up(self) -> None:
        """Leave without a word, as a page does whose computer goes to sleep."""
        self._connection.transport.abort()


class PollVisitor:
    """A page that polls over one kept connection, as a browser does."""

    def __init__(self, address: Address, delay: float) -> None:
        self._address = address
        self._delay = delay
        parts = urlsplit(address.url)
        self._host, self._port = parts.hostname, parts.port
        self._request = (
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            f"Cookie: {address.cookie}\r\nHX-Request: true\r\n\r\n"
        ).encode()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def stay(self, told: Listener) -> None:
        """Poll, pass on the answer, wait; without an end, whatever the server answers."""
        await asyncio.sleep(self._delay)
        while True:
            text = await self._ask()
            if text is not None:
                told(text, time.monotonic_ns())
            await asyncio.sleep(self._address.interval)

    def hang_up(self) -> None:
        """Leave without a word."""
        if self._streams:
            self._streams[1].transport.abort()
            self._streams = None

    async def _ask(self) -> str | None:
        """Return the answer's body, None where there is none or it is an error."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                if self._streams is None:
                    self._streams = await asyncio.open_connection(self._host, self._port)
                reader, writer = self._streams
                writer.write(self._request)
                return await _answer(reader)
        except (asyncio.IncompleteReadError, OSError):  # TimeoutError is one
            self.hang_up()
            return None


async def _answer(reader: asyncio.StreamReader) -> str | None:
    """Return the body of one answer, None where it is an error."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = re.search(r"(?i)^content-length: (\d+)", head, re.MULTILINE)
    body = await reader.readexactly(int(length[1]) if length else 0)
    return body.decode() if head.startswith("HTTP/1.1 200 ") else None
