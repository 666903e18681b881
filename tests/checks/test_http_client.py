"""What is told of an answer: where it was redirected, and what came then."""

from collections.abc import Iterator

import pytest

from checks.clients.http_client import Answer, visiting
from tests.support.web_servers import QuietHandler, serving
from workbook.runtime.ports import LOOPBACK

WAYS = {
    "/check-status/": "/tasks/?id=1",
    "/twice/": "/check-status/",
    "/round/": "/round/",
}


class Redirecting(QuietHandler):
    """Sends a visitor on, as WAYS names it, else answers with a page."""

    def do_GET(self) -> None:
        """Answer."""
        if target := WAYS.get(self.path):
            self.answer(302, Location=target)
        else:
            self.answer(200)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """Return the address of a server that redirects."""
    with serving(Redirecting) as server:
        yield f"http://{LOOPBACK}:{server.server_port}"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/", "status 200 after"),
        ("/check-status/", "status 302 to /tasks/?id=1, then 200 after"),
        ("/twice/", "status 302 to /check-status/, then 302 to /tasks/?id=1, then 200 after"),
        ("/round/", "endless redirects, the last to /round/"),
    ],
)
def test_a_followed_redirect_is_told(base_url: str, path: str, told: str) -> None:
    with visiting(base_url) as visitor:
        assert visitor.get(path).seen.startswith(told)


@pytest.mark.parametrize(
    "piece",
    [
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">',
        """<form hx-headers='{{"X-CSRFToken": "{}"}}'></form>""",
        '<script nonce="{}">document.later = 1</script>',
    ],
)
def test_what_is_made_anew_for_each_answer_does_not_tell_two_apart(piece: str) -> None:
    one, other, third = (
        Answer("GET /", 404, f"<p>{words}</p>{piece.format(anew * 32)}", 0)
        for words, anew in (("No such task", "aB"), ("No such task", "7c"), ("Not yours", "aB"))
    )
    assert one.text != other.text
    assert one.lasting_text == other.lasting_text != third.lasting_text
