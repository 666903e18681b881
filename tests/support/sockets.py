"""Visitors at the websocket, and what they see."""

import asyncio
import re
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.snapshots import SnapshotRun

OPEN_SECONDS = 20


@dataclass
class SocketPage:
    """One open page: its connection, the statuses it was sent, and the code if it was closed."""

    connection: ClientConnection
    statuses: list[str] = field(default_factory=list)
    close_code: int | None = None

    async def read(self) -> None:
        """Collect statuses until the connection is closed, or the task that reads is ended."""
        try:
            async for frame in self.connection:
                if not is_heartbeat(frame):
                    self.statuses.append(status_in(frame))
        except ConnectionClosed:
            pass
        self.close_code = self.connection.close_code

    async def sees(self, count: int, seconds: float) -> list[str]:
        """Wait until it was sent `count` statuses, and return them all."""
        async with asyncio.timeout(seconds):
            while len(self.statuses) < count:
                await asyncio.sleep(0.01)
        return self.statuses


async def visit(run: SnapshotRun, origin: str | None = None) -> SocketPage:
    """Open the websocket as the page would; `origin` is the page's own unless it is given."""
    connection = await connect(
        run.socket_url, origin=origin or run.url, open_timeout=OPEN_SECONDS, proxy=None
    )
    return SocketPage(connection)


async def refusal(address: str, origin: str | None, **headers: str) -> int:
    """Open a websocket that must be refused, and return the status of the refusal."""
    options = {"open_timeout": OPEN_SECONDS, "proxy": None, "additional_headers": headers}
    try:
        connection = await connect(address, origin=origin, **options)
    except InvalidStatus as refused:
        return refused.response.status_code
    await connection.close()
    raise AssertionError(f"{address} was opened for the origin {origin}")


def is_heartbeat(frame: str) -> bool:
    """Tell whether a frame is a comment alone, of which htmx swaps nothing in."""
    return frame.startswith("<!--")


def status_in(frame: str) -> str:
    """Return the status of a frame that htmx can swap: an element with the page's own id."""
    found = re.fullmatch(r'\s*<span id="status">([^<]*)</span>\s*', frame)
    assert found, f"no partial that can be swapped: {frame!r}"
    return found[1]
