"""Forms that a visitor sends at the same moment: the server has them all before it may begin."""

import threading
import time
from collections.abc import Iterator

import pytest

from checks.clients.http_client import visiting
from checks.clients.simultaneous import post_at_once
from tests.support.web_servers import QuietHandler, serving
from workbook.runtime.ports import LOOPBACK

CLICKS = 3
BEGUN_SECONDS = 5


class Meeting(QuietHandler):
    """Takes a form all but a byte, waits until CLICKS have come so far, and reads the rest."""

    meeting = threading.Barrier(CLICKS)

    def do_POST(self) -> None:
        """Answer with the form, if all of them were there before any was complete."""
        size = int(self.headers["Content-Length"])
        form = self.rfile.read(size - 1)
        came = time.monotonic()
        try:
            self.meeting.wait(BEGUN_SECONDS)
        except threading.BrokenBarrierError:
            form = b""
        form += self.rfile.read(1)
        self.answer(202 if time.monotonic() - came < BEGUN_SECONDS else 500, form)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """Return the address of a server that lets forms meet."""
    with serving(Meeting) as server:
        yield f"http://{LOOPBACK}:{server.server_port}"


def test_forms_sent_at_once_meet_at_the_server(base_url: str) -> None:
    with visiting(base_url) as visitor:
        answers = post_at_once(visitor, "/", CLICKS, within=2 * BEGUN_SECONDS)
    assert [answer.status for answer in answers] == [202] * CLICKS
    assert {answer.text for answer in answers} == {"csrfmiddlewaretoken="}


def test_each_form_that_finds_no_server_is_told() -> None:
    with visiting(f"http://{LOOPBACK}:1") as visitor:
        answers = post_at_once(visitor, "/", CLICKS, within=2)
    assert all(answer.seen.startswith("no answer: ") for answer in answers)
