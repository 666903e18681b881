"""Visitors who come back: open pages' stand-ins at the websocket, behind the proxy."""

import contextlib
import socket
import threading

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from tests.support.machines.proxy import SERVED_BY, Proxy
from tests.support.sockets import status_in
from tests.support.tool_process import wait_until
from workbook.runtime.ports import LOOPBACK

OPEN_SECONDS, CLOSE_SECONDS = 20, 2
PAUSE_SECONDS = 0.2  # before a visitor knocks again


class MachineVisitor:
    """One open page: a thread of its own reads what it is sent, and connects again when cut off.

    `frames` are all that it was sent; `served_by` is the address of the web process for each time
    it was let in; `is_in` tells whether it is at the moment.
    """

    def __init__(self, proxy: Proxy) -> None:
        self.frames: list[str] = []
        self.served_by: list[str] = []
        self.is_in = False
        self._proxy = proxy
        self._left = threading.Event()
        self._connection: ClientConnection | None = None
        self._thread = threading.Thread(target=self._stay, daemon=True)
        self._thread.start()

    @property
    def statuses(self) -> list[str]:
        """The statuses in all that it was sent."""
        return [status_in(frame) for frame in self.frames]

    def sees(self, count: int, seconds: float = 30) -> list[str]:
        """Wait until it was sent `count` statuses, and return them all."""
        wait_until(lambda: len(self.frames) >= count, seconds, lambda: self._story(count))
        return self.statuses

    def comes(self, times: int = 1, seconds: float = 30) -> str:
        """Wait until it was let in so many times, and return who served it last."""
        wait_until(lambda: len(self.served_by) >= times, seconds, lambda: f"visit {times}")
        return self.served_by[-1]

    def leave(self) -> None:
        """Close the page."""
        self._left.set()
        with contextlib.suppress(WebSocketException, OSError):
            if self._connection:
                self._connection.close()
        self._thread.join(CLOSE_SECONDS)

    def _stay(self) -> None:
        while not self._left.is_set():
            with contextlib.suppress(WebSocketException, OSError):
                self._visit()
            self.is_in = False
            self._left.wait(PAUSE_SECONDS)

    def _visit(self) -> None:
        """Open the page's websocket, and read until it is closed."""
        with connect(
            f"{self._proxy.url.replace('https', 'wss')}/ws/status",
            sock=socket.create_connection((LOOPBACK, self._proxy.port), OPEN_SECONDS),
            ssl=self._proxy.trust(),
            origin=self._proxy.url,
            open_timeout=OPEN_SECONDS,
            close_timeout=CLOSE_SECONDS,
            ping_interval=None,
            proxy=None,
        ) as connection:
            self._connection = connection
            # Where a dead web process was asked first, nginx names both.
            self.served_by.append(connection.response.headers[SERVED_BY].split(", ")[-1])
            self.is_in = True
            for frame in connection:
                self.frames.append(frame)

    def _story(self, count: int) -> str:
        return f"{count} statuses at {self.served_by}, where {self.statuses} came"
