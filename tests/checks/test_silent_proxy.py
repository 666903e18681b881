"""A network that goes silent: neither side is told what becomes of the other."""

import socket
import struct
from contextlib import closing

import pytest

from checks.harness.proxies.silent_proxy import SilentProxy
from workbook.runtime.ports import LOOPBACK

SILENCE_SECONDS = 0.5
# With it a socket that is closed resets its connection: see SO_LINGER in socket(7).
AT_ONCE = struct.pack("ii", 1, 0)


@pytest.mark.parametrize("way", ["ends", "is reset"])
def test_the_client_is_not_told_how_the_server_left(way: str) -> None:
    with (
        socket.create_server((LOOPBACK, 0)) as listener,
        closing(SilentProxy(listener.getsockname()[1])) as proxy,
        socket.create_connection((LOOPBACK, proxy.port), timeout=SILENCE_SECONDS) as client,
    ):
        client.sendall(b"hello")
        server, _ = listener.accept()
        assert server.recv(5) == b"hello"
        proxy.fall_silent()
        if way == "is reset":
            server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        server.close()
        with pytest.raises(TimeoutError):
            client.recv(1)
