"""The proxy that closes websockets: it can close each from the moment the browser knows of it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from checks.harness.proxies.websocket_proxy import WebsocketProxy
from workbook.runtime.ports import LOOPBACK

ASKED = b"GET /ws/status HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"
OPENED = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"
GOING_AWAY = bytes([0x88, 2, 0x03, 0xE9])  # a close frame with the code 1001
SECONDS = 10


class SlowList(list):
    """Takes its time to note something down, as where other threads have their turn."""

    def append(self, one: object) -> None:
        time.sleep(0.2)
        super().append(one)


@pytest.fixture
def server() -> Iterator[str]:
    """Serve one websocket, which stays open; yield its address."""
    with socket.create_server((LOOPBACK, 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(OPENED)
                connection.recv(1024)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"


def test_a_websocket_can_be_closed_as_soon_as_it_is_open(server: str):
    with closing(WebsocketProxy(server)) as proxy:
        proxy._links = SlowList()
        place = proxy.url.removeprefix("http://").split(":")
        with socket.create_connection((place[0], int(place[1])), timeout=SECONDS) as browser:
            browser.sendall(ASKED)
            assert browser.recv(len(OPENED)) == OPENED
            proxy.close_all(1001)
            assert browser.recv(len(GOING_AWAY)) == GOING_AWAY
