"""A proxy in front of a web server. It closes websockets with any code, as at a reload.

Everything else passes. While it holds, new websockets wait: what a page shows meanwhile can be read
without hurry.
"""

import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from checks.harness.proxies.connections import READ_BYTES, accept_each, shut
from checks.pace import patience

HEAD_BYTES = 65_536
HOLD_SECONDS, GOODBYE_SECONDS = patience(30), 2
# Never sent: a connection that breaks off without a close frame is reported so.
BROKEN_OFF = 1006


@dataclass
class _Link:
    """A websocket that is open: the browser's side and the server's."""

    client: socket.socket
    server: socket.socket
    sending: threading.Lock = field(default_factory=threading.Lock)
    is_closing: bool = False

    def close(self, code: int) -> None:
        """Close the browser's side with `code`, and cut the server's."""
        with self.sending, suppress(OSError):
            self.is_closing = True
            if code != BROKEN_OFF:
                # A close frame: its first byte, the length of what follows, the code.
                self.client.sendall(bytes([0x88, 2]) + struct.pack("!H", code))
                self.client.settimeout(GOODBYE_SECONDS)
        if code == BROKEN_OFF:
            shut(self.client)
        shut(self.server)


class WebsocketProxy:
    """Listens on a port of its own, in front of the server at `url` (http://…).

    `handshakes` has the moment (time.monotonic) at which each websocket was asked for.
    """

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self._upstream = (place.hostname, place.port)
        self._listener = socket.create_server((place.hostname, 0), backlog=64)
        self.url = f"http://{place.hostname}:{self._listener.getsockname()[1]}"
        self.handshakes: list[float] = []
        self._links: list[_Link] = []
        self._sockets: list[socket.socket] = [self._listener]
        self._may_open = threading.Event()
        self._may_open.set()
        accept_each(self._listener, self._serve)

    @property
    def open_links(self) -> int:
        """How many websockets are open."""
        return sum(not link.is_closing for link in self._links)

    def hold(self) -> None:
        """Let new websockets wait, until `release`."""
        self._may_open.clear()

    def release(self) -> None:
        """Let those that wait open, and new ones at once."""
        self._may_open.set()

    def close_all(self, code: int) -> None:
        """Close every websocket with `code`; 1006 stands for one that breaks off."""
        for link in self._links:
            if not link.is_closing:
                link.close(code)

    def close(self) -> None:
        """Cut every connection."""
        self._may_open.set()
        for one in list(self._sockets):
            shut(one)

    def _serve(self, client: socket.socket) -> None:
        self._sockets.append(client)
        with suppress(OSError):
            head = _head_of(client)
            is_websocket = b"\r\nupgrade: websocket" in head.lower()
            if is_websocket:
                self.handshakes.append(time.monotonic())
                self._may_open.wait(HOLD_SECONDS)
            server = socket.create_connection(self._upstream)
            self._sockets.append(server)
            link = _Link(client, server)
            server.sendall(head)
            threading.Thread(target=self._answer, args=(link, is_websocket), daemon=True).start()
            while data := client.recv(READ_BYTES):
                if not link.is_closing:
                    server.sendall(data)
            shut(server)
        shut(client)

    def _answer(self, link: _Link, is_websocket: bool) -> None:
        """Carry what the server says to the browser, until it ends or the link is closed."""
        with suppress(OSError):
            while data := link.server.recv(READ_BYTES):
                with link.sending:
                    if link.is_closing:
                        return
                    # Before the browser knows that it is open: from then on it may be closed.
                    if is_websocket and link not in self._links:
                        self._links.append(link)
                    link.client.sendall(data)
        if not link.is_closing:
            link.is_closing = True
            shut(link.client)


def _head_of(client: socket.socket) -> bytes:
    """Read a request until its head is whole."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < HEAD_BYTES:
        data = client.recv(READ_BYTES)
        if not data:
            break
        head += data
    return head
