"""The checks stay with the project that they started: whoever listens elsewhere is never asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from playwright.sync_api import Browser

from checks.clients.addresses import resolved
from checks.clients.dom import assets_in, elements_of, forms_in
from checks.clients.htmx import polled_path, posted_paths
from checks.clients.http_client import Answer, visiting
from checks.clients.isolation import confined_to
from checks.clients.websocket_client import PATH, Refused, opened_sockets
from checks.common.live_markup import require_connecting
from checks.verdicts import NotYet
from tests.support.web_servers import QuietHandler, serving

OWN = "http://127.0.0.1:20000"
HOME, LIVE = f"{OWN}/", f"{OWN}/live/"
TRY_EVERYTHING = """async ([own, others]) => {
  const name = "sink";
  document.body.innerHTML = `<iframe name="${name}"></iframe>`;
  const socket = (address) => new Promise((done) => {
    const one = new WebSocket(address);
    one.onopen = one.onerror = one.onclose = () => done();
  });
  const loaded = (tag, attribute, address) => new Promise((done) => {
    const one = document.createElement(tag);
    one.onload = one.onerror = () => done();
    if (tag === "link") one.rel = "stylesheet";
    one[attribute] = address;
    document.head.append(one);
  });
  const posted = (address) => {
    const form = document.createElement("form");
    Object.assign(form, {method: "post", action: address, target: name});
    document.body.append(form);
    form.submit();
  };
  for (const base of [own, ...others]) {
    await Promise.all([
      fetch(`${base}/fetched`, {mode: "no-cors"}).catch(() => {}),
      fetch(`${base}/fetched`, {method: "POST", mode: "no-cors"}).catch(() => {}),
      loaded("script", "src", `${base}/script.js`),
      loaded("link", "href", `${base}/style.css`),
      loaded("img", "src", `${base}/picture.png`),
      socket(base.replace("http", "ws") + "/ws/status"),
    ]);
    posted(`${base}/form`);
    navigator.sendBeacon(`${base}/beacon`, "x");
    const events = new EventSource(`${base}/events`);
    const frame = document.createElement("iframe");
    frame.src = `${base}/frame`;
    const away = document.createElement("iframe");
    away.src = `${own}/away`;
    const refreshed = document.createElement("iframe");
    refreshed.srcdoc = `<meta http-equiv="refresh" content="0;url=${base}/refreshed">`;
    const based = document.createElement("iframe");
    based.srcdoc = `<base href="${base}/"><img src="based.png">`;
    document.body.append(frame, away, refreshed, based);
    window.open(`${base}/opened`);
    await new Promise((done) => setTimeout(done, 150));
    events.close();
  }
}"""


class Recorder(QuietHandler):
    """Notes what it is asked for, and leads to `elsewhere` from /away."""

    protocol_version = "HTTP/1.1"

    def __init__(self, asked: list[str], elsewhere: str, *arguments: object) -> None:
        self.asked, self.elsewhere = asked, elsewhere
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """Answer an empty page, or a redirect."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append(self.path)
        if self.path.startswith(("/away", "/ws/away")):
            self.answer(302, Location=self.elsewhere)
        else:
            self.answer(200)

    do_POST = do_GET


@contextmanager
def recorded(elsewhere: str = "") -> Iterator[tuple[str, list[str]]]:
    """Serve on a port of its own; yield the address, and what was asked of it so far."""
    asked: list[str] = []
    with serving(partial(Recorder, asked, elsewhere)) as server:
        yield f"http://127.0.0.1:{server.server_port}", asked


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/check-status/", "/check-status/"),
        ("check-status/", "/live/check-status/"),
        ("../check-status/?x=1", "/check-status/?x=1"),
        ("", "/live/"),
        ("http://127.0.0.1:20000/check-status/", "/check-status/"),
        ("http://localhost:20000/check-status/", "/check-status/"),
        ("//127.0.0.1:20000/ws/status", "/ws/status"),
        ("ws://127.0.0.1:20000/ws/status", "/ws/status"),
    ],
)
def test_an_address_at_the_pages_server_is_a_path(address: str, path: str) -> None:
    assert resolved(LIVE, address) == path


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://localhost:8000/check-status/", "http://localhost:8000/check-status/"),
        ("//localhost:8000/check-status/", "http://localhost:8000/check-status/"),
        ("https://127.0.0.1:20000/check-status/", "https://127.0.0.1:20000/check-status/"),
        ("http://localhost/check-status/", "http://localhost/check-status/"),
        ("http://me:secret@status.example/check-status/", "http://status.example/check-status/"),
    ],
)
def test_a_form_at_another_server_is_told(address: str, shown: str) -> None:
    for html in (
        f'<form method="post" action="{address}"><button>Start</button></form>',
        f'<form hx-post="{address}"><button>Start</button></form>',
    ):
        assert [form.address for form in forms_in(html, HOME)] == [shown]
    page = Answer("GET /", 200, f'<form data-hx-post="{address}"></form>', 0, "/", url=HOME)
    assert posted_paths(page) == [shown]


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("http://localhost:8000/", "http://localhost:8000/check-status/"),
        ("//status.example", "http://status.example/check-status/"),
        ("/", "/check-status/"),
        ("/site/", "/check-status/"),
        ("http://127.0.0.1:20000/site/", "/check-status/"),
    ],
)
def test_a_base_at_another_server_is_told(base: str, path: str) -> None:
    head = f'<head><base href="{base}"><script src="/htmx.js"></script></head>'
    for html in (
        '<form method="post" action="/check-status/"><button>Start</button></form>',
        '<form hx-post="/check-status/"><button>Start</button></form>',
    ):
        assert [form.address for form in forms_in(head + html, HOME)] == [path]
    text = f'{head}<p hx-post="/check-status/" hx-get="/check-status/" hx-trigger="load"></p>'
    page = Answer("GET /", 200, text, 0, "/", url=HOME)
    assert posted_paths(page) == [path]
    assert polled_path(page) == path
    assert assets_in(text, HOME) == ([] if "://" in path else ["/htmx.js"])


def test_a_form_without_an_address_is_sent_to_its_page_whatever_the_base() -> None:
    html = '<base href="/elsewhere/"><form method="post"><button>Start</button></form>'
    assert [form.address for form in forms_in(html, LIVE)] == ["/live/"]


def test_a_fragment_that_polls_another_server_is_told() -> None:
    html = '<p hx-get="http://localhost:8000/check-status/1/" hx-trigger="every 1s"></p>'
    answer = Answer("POST /check-status/", 202, html, 0, "/check-status/", url=f"{OWN}/x/")
    assert polled_path(answer) == "http://localhost:8000/check-status/1/"
    own = html.replace("http://localhost:8000", "")
    assert polled_path(Answer("", 202, own, 0, url=HOME)) == "/check-status/1/"


@pytest.mark.parametrize("address", ["/ws/status", "ws://127.0.0.1:20000/ws/status"])
def test_a_websocket_at_the_pages_server_is_right(address: str) -> None:
    html = f'<main hx-ext="ws" ws-connect="{address}"></main>'
    require_connecting(elements_of(html), LIVE)


@pytest.mark.parametrize(
    "address",
    [
        "ws://localhost:8000/ws/status",
        "ws://127.0.0.1:8000/ws/status",
        "wss://status.example/ws/status",
        "//localhost:8000/ws/status",
        "ws://localhost/ws/status",
    ],
)
def test_a_websocket_at_another_server_is_told(address: str) -> None:
    html = f'<main hx-ext="ws" ws-connect="{address}"></main>'
    with pytest.raises(NotYet) as not_yet:
        require_connecting(elements_of(html), LIVE)
    assert "another server than the page’s" in not_yet.value.seen
    assert 'ws-connect="/ws/status", without a host' in not_yet.value.expected


def test_a_visitor_follows_no_redirect_to_another_server() -> None:
    with recorded() as (other, asked), recorded(elsewhere=f"{other}/check-status/") as (own, _):
        with visiting(own) as visitor:
            for answer in (visitor.get("/away"), visitor.post("/away"), visitor.get(f"{other}/x")):
                assert answer.status == 0
                assert answer.seen.startswith(f"it leads to {other}")
            assert visitor.get("/").status == 200
        assert asked == []


def test_a_websocket_follows_no_redirect_to_another_server() -> None:
    with (
        recorded() as (other, asked),
        recorded(elsewhere=f"{other}{PATH}") as (own, _),
        opened_sockets() as sockets,
    ):
        with pytest.raises(Refused, match="302"):
            sockets.open(own, "/ws/away")
        assert asked == []


@pytest.mark.chromium
def test_the_browser_reaches_the_project_alone(chromium: Browser) -> None:
    with recorded() as (other, asked), recorded(f"{other}/away") as (own, reached):
        page = chromium.new_page(proxy=confined_to(own))
        page.goto(f"{own}/page")
        by_name = other.replace("127.0.0.1", "localhost")
        page.evaluate(TRY_EVERYTHING, [own, [other, by_name, "http://status.example"]])
        page.close()
    assert asked == []
    paths = {"/fetched", "/script.js", "/style.css", "/picture.png", "/ws/status", "/form"}
    paths |= {"/beacon", "/events", "/frame", "/away", "/refreshed", "/based.png"}
    assert paths <= set(reached), json.dumps(reached)
