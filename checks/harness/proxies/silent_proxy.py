"""A network that goes silent: a proxy in front of a server that from a moment on carries nothing.

Nobody is told: each connection stays open, and what either side sends is lost. Connections that
are made later are carried as before.
"""

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field

from checks.harness.proxies.connections import READ_BYTES, accept_each, shut
from workbook.runtime.ports import LOOPBACK


@dataclass
class _Carrier:
    """Two connected sockets, between which bytes are carried until it is silent."""

    client: socket.socket
    server: socket.socket
    is_silent: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Carry both ways, each in a thread of its own."""
        for source, target in ((self.client, self.server), (self.server, self.client)):
            threading.Thread(target=self._carry, args=(source, target), daemon=True).start()

    def close(self) -> None:
        """Cut both connections."""
        shut(self.client)
        shut(self.server)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(READ_BYTES):
                if not self.is_silent.is_set():
                    target.sendall(data)
        # Then that one side has left, or reset its connection, is not told to the other.
        if not self.is_silent.is_set():
            self.close()


class SilentProxy:
    """Listens on `port` of the loopback interface, in front of a server."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._carriers: list[_Carrier] = []
        self._listener = socket.create_server((LOOPBACK, 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        accept_each(self._listener, self._serve)

    def fall_silent(self) -> None:
        """Carry nothing any more over the connections that are open now."""
        for carrier in list(self._carriers):
            carrier.is_silent.set()

    def close(self) -> None:
        """Cut every connection."""
        shut(self._listener)
        for carrier in self._carriers:
            carrier.close()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection((LOOPBACK, self._server_port))
        except OSError:
            shut(client)
            return
        carrier = _Carrier(client, server)
        self._carriers.append(carrier)
        carrier.start()
