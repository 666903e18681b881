"""The built site, opened from disk in a browser: it needs no network, and its search works."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.skip_markers import CHROMIUM
from workbook.paths import ROOT

pytestmark = CHROMIUM

PAGES = sorted(page.relative_to(ROOT / "docs") for page in (ROOT / "docs").rglob("*.md"))
BUSY = 90_000  # ms: a browser on a machine that does much else
RESULT = '.md-search-result__item a[href*="{}"]'


@contextmanager
def watched(chromium: Browser) -> Iterator[tuple[Page, list[str]]]:
    """Open a page; the list fills with what it asks of the network and with what goes wrong."""
    with chromium.new_context(viewport={"width": 1300, "height": 900}) as context:
        context.set_default_timeout(BUSY)
        page = context.new_page()
        wrong: list[str] = []
        page.on(
            "request",
            lambda request: wrong.append(request.url) if goes_out(request.url) else None,
        )
        page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
        page.on("pageerror", lambda problem: wrong.append(str(problem)))
        page.on(
            "console",
            lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None,
        )
        yield page, wrong


def look_for(page: Page, words: str) -> None:
    search = page.get_by_role("textbox", name="Search")
    search.fill(words)
    search.press("End")  # the search begins when a key is let go


def goes_out(address: str) -> bool:
    return urlsplit(address).scheme not in ("file", "data", "blob", "about")


@pytest.fixture(params=PAGES, ids=str)
def html(request: pytest.FixtureRequest, site: Path) -> Path:
    """Return each page of the guide as it was built."""
    return site / request.param.with_suffix(".html")


def test_page_needs_no_network(chromium: Browser, html: Path) -> None:
    with watched(chromium) as (page, wrong):
        page.goto(html.as_uri())
        # To the end and back: some of it loads when it comes into view.
        page.keyboard.press("End")
        page.wait_for_load_state("networkidle")
        assert wrong == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("RedisPubSubChannelLayer", "04-setup-websocket.html"),
        ("responseHandling", "03-poll-task-status.html"),
        ("middleman", "glossary.html"),
    ],
)
def test_search_finds_a_word(chromium: Browser, site: Path, word: str, expected: str) -> None:
    with watched(chromium) as (page, wrong):
        page.goto((site / "set-up.html").as_uri())
        look_for(page, word)
        found = page.locator(RESULT.format(expected))
        expect(found.first).to_be_visible(timeout=BUSY)
        found.first.click()
        expect(page.locator("h1")).to_be_visible()
        assert urlsplit(page.url).path == urlsplit((site / expected).as_uri()).path
        assert wrong == []


@pytest.mark.parametrize(
    ("pasted", "section"),
    [
        (
            "kombu.exceptions.OperationalError: Error 111 connecting to localhost:6379. "
            "Connection refused.",
            "refused",
        ),
        (
            "RuntimeError: You cannot use AsyncToSync in the same thread as an async event loop",
            "async-to-sync",
        ),
        ("Not Found: /ws/status", "not-found-ws"),
    ],
)
def test_search_finds_a_pasted_error(
    chromium: Browser, site: Path, pasted: str, section: str
) -> None:
    with watched(chromium) as (page, wrong):
        page.goto((site / "index.html").as_uri())
        look_for(page, pasted)
        first = page.locator(RESULT.format("#")).first
        expect(first).to_have_attribute("href", re.compile(f"#{section}$"), timeout=BUSY)
        assert wrong == []


def test_a_foreign_request_would_be_noticed(chromium: Browser, site: Path) -> None:
    with watched(chromium) as (page, wrong):
        page.goto((site / "index.html").as_uri())
        page.evaluate("new Image().src = 'http://127.0.0.1:9/x.png'")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(200)
        assert "http://127.0.0.1:9/x.png" in wrong


def test_tooltip_by_pointer_and_keyboard(chromium: Browser, site: Path) -> None:
    with watched(chromium) as (page, wrong):
        page.goto((site / "04-setup-websocket.html").as_uri())
        word = page.locator("abbr").first
        meaning = word.get_attribute("title")
        assert meaning
        word.focus()
        tooltip = page.get_by_role("tooltip").filter(has_text=meaning)
        expect(tooltip).to_be_visible()
        page.keyboard.press("Tab")
        expect(tooltip).to_have_count(0)
        word.hover()
        expect(tooltip).to_be_visible()
        assert wrong == []
