"""What a page in a real browser shows of an answer, and what a click there sends."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest
from playwright.sync_api import Browser

from checks.clients.http_client import Answer
from checks.step_03.browser_session import Seen, Watched
from tests.support.web_servers import serving
from workbook.runtime.ports import LOOPBACK

POSTING = 'hx-post="/check-status/"'
NOWHERE = "http://127.0.0.1:9"
# htmx writes this one into the page's head by itself.
INDICATOR = "<style>.htmx-indicator {opacity: 0; visibility: hidden}</style>"
# Says which button sent a form, and keeps the page from leaving.
NOTE_SENDER = """() => document.addEventListener("submit", event => {
    event.preventDefault();
    window.sender = event.submitter.name;
})"""


class Remembering(BaseHTTPRequestHandler):
    """Brings the session's cookie with each answer, which takes half a second."""

    def do_GET(self) -> None:
        time.sleep(0.5)
        self.send_response(200)
        self.send_header("Set-Cookie", "sessionid=mine")
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Watched]:
    """Open an empty page."""
    watched = Watched(chromium, NOWHERE, Seen())
    yield watched
    watched.page.context.close()


def shows(page: Watched, content: str, fragment: str) -> bool:
    """Tell whether a page with this content shows what a fragment says."""
    page.page.set_content(content)
    return page.shows(Answer("GET /", 200, fragment, 0))


@pytest.mark.parametrize(
    "piece",
    [
        '<progress value="100" max="100">100 %</progress>',
        '<meter value="1">full</meter>',
        '<span class="htmx-indicator">Asking …</span>',
        "<template><p>kept for later</p></template>",
        "<p hidden>kept for later</p>",
        "<noscript>Turn scripts on.</noscript>",
        "<select><option>one</option><option>two</option></select>",
        "<details><summary>More</summary>of it</details>",
        "<script>document.later = 1</script>",
        "<svg width='1' height='1'><title>A bar</title></svg>",
    ],
)
def test_a_fragment_is_shown_with_words_that_no_browser_paints(page: Watched, piece: str) -> None:
    fragment = f'<section id="task"><p>Task 7</p>{piece}<p>is done</p></section>'
    assert shows(page, f"{INDICATOR}<h1>Status</h1>{fragment}", fragment)
    assert not shows(page, f"{INDICATOR}<h1>Status</h1><p>No task yet.</p>", fragment)


def test_a_bar_alone_is_shown_and_so_is_an_element_that_has_no_box(page: Watched) -> None:
    bar = '<progress value="100" max="100">100 %</progress>'
    assert shows(page, f"<main>{bar}</main>", bar)
    boxless = '<div style="display: contents">Done</div>'
    assert shows(page, f"<main>{boxless}</main>", boxless)


@pytest.mark.parametrize("style", ["display: none", "visibility: hidden"])
def test_a_fragment_in_a_place_that_nobody_sees_is_not_shown(page: Watched, style: str) -> None:
    assert not shows(page, f'<div style="{style}"><p>Done</p></div>', "<p>Done</p>")
    assert shows(page, f'<div style="{style}"><p>Done</p></div><b>Done</b>', "<p>Done</p>")


def test_what_htmx_puts_elsewhere_is_looked_for_by_itself(page: Watched) -> None:
    fragment = '<p id="task">Done</p><b id="count" hx-swap-oob="true">3 tasks</b>'
    assert shows(page, '<b id="count">3 tasks</b><hr><p id="task">Done</p>', fragment)
    assert not shows(page, '<b id="count">2 tasks</b><hr><p id="task">Done</p>', fragment)
    assert not shows(page, '<b id="count">3 tasks</b><hr><p id="task">Asked</p>', fragment)


@pytest.mark.parametrize(
    "content",
    [
        f"<form {POSTING}><button type=button>Why?</button><button name=go>Go</button></form>",
        f"<form {POSTING}><input type=submit name=go></form>",
        f"<form {POSTING}><input type=image name=go alt=Go></form>",
        f"<form id=start {POSTING}></form><button form=start name=go>Go</button>",
        f"<form id=start {POSTING}></form><input type=image form=start name=go alt=Go>",
        f"<form><button {POSTING} name=go>Go</button></form>",
    ],
)
def test_a_click_is_on_the_button_that_sends_the_form(page: Watched, content: str) -> None:
    page.page.set_content(content)
    page.page.evaluate(NOTE_SENDER)
    assert page.click_again()
    assert page.page.evaluate("window.sender") == "go"


def test_a_form_without_a_button_is_clicked_itself_and_a_page_without_a_form_not(
    page: Watched,
) -> None:
    page.page.set_content(f"<form {POSTING}></form><button>Elsewhere</button>")
    assert page.click_again()
    page.page.set_content("<button>Elsewhere</button>")
    assert not page.click_again()


def test_a_visitor_stays_forgotten_when_an_answer_was_on_its_way(chromium: Browser) -> None:
    with serving(Remembering) as server:
        page = Watched(chromium, f"http://{LOOPBACK}:{server.server_port}", Seen())
        page.page.goto("/")
        with page.page.expect_response("**/check-status/7/"):
            page.page.evaluate("() => { fetch('/check-status/7/'); }")
            page.forget_visitor()
        page.page.wait_for_timeout(200)
        assert page.page.context.cookies() == []
        page.page.context.close()
