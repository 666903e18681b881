"""What every proxy does with its sockets: it accepts clients, reads in pieces, and cuts off."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

READ_BYTES = 65_536


def accept_each(listener: socket.socket, serve: Callable[[socket.socket], object]) -> None:
    """Call `serve` with each client in a thread of its own, until the listener is closed."""

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def shut(one: socket.socket) -> None:
    """Cut a connection, or end a listener. A thread that waits in it is woken up."""
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
