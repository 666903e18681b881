"""Visitors who ask go on asking, whatever the server answers."""

import time
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest

from benchmarks.support.load_generator import LoadWorker, load_worker
from benchmarks.support.visitors import Address
from tests.support.web_servers import QuietHandler, serving
from workbook.runtime.ports import LOOPBACK
from workbook.runtime.waiting import wait_until

SECONDS = 20


class PageHandler(QuietHandler):
    """Answers with the server's next status code and its stamp; 0 hangs up without an answer."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer one question."""
        self.server.cookies.add(self.headers["Cookie"])
        code = self.server.codes.pop() if self.server.codes else 200
        if not code:
            self.close_connection = True
            return
        self.answer(code, f"<p>{self.server.stamp} % done.</p>".encode())


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """Run a server whose first answers are an error, and none at all."""
    with serving(PageHandler) as server:
        server.codes, server.cookies, server.stamp = [0, 500, 0, 404], set(), 0
        yield server


@pytest.fixture
def pollers(server: ThreadingHTTPServer) -> Iterator[LoadWorker]:
    """Let three visitors ask twenty times a second."""
    url = f"http://{LOOPBACK}:{server.server_address[1]}/check-status/"
    with load_worker(Address(url, cookie="sessionid=abc", interval=0.05)) as visitors:
        visitors.open(3)
        yield visitors


def test_a_status_is_told_once_all_have_asked_for_it(server, pollers) -> None:
    server.stamp = time.monotonic_ns()
    delivery = pollers.delivery(SECONDS)
    assert delivery.count == 3
    assert pollers.delivery(0.3) is None
    assert server.cookies == {"sessionid=abc"}


def test_errors_and_lost_connections_send_nobody_away(server, pollers) -> None:
    assert wait_until(lambda: not server.codes, SECONDS)
    server.stamp = time.monotonic_ns()
    assert pollers.delivery(SECONDS).count == 3
    assert (pollers.standing().here, pollers.standing().dropped) == (3, 0)
