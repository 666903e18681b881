"""Closes the websockets of pages in a real browser, one a close code, and watches each page."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from checks.clients.isolation import confined_to
from checks.pace import patience

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from checks.harness.proxies.websocket_proxy import WebsocketProxy

LOAD_SECONDS, OPEN_SECONDS, SETTLE_SECONDS = patience(20), patience(8), patience(0.5)
# What a page may take to show a change, and to reconnect: those that wait do so for some seconds.
SHOWN_SECONDS, BACK_SECONDS = patience(3), patience(12)
# How long one that was refused is watched: htmx itself would try again within a second, the
# guide's page after the other codes within 5.
STAY_SECONDS = patience(5.5)
REFUSALS = range(4000, 5000)
LOOK_MS = 50
# The visible text of every place that a screen reader reads out on a change, but for the status.
SIGN = """() => {
  const live = '[role=status],[role=alert],[role=log],output,[aria-live]:not([aria-live=off])';
  const found = [];
  for (const place of document.querySelectorAll(live)) {
    if (place.parentElement?.closest(live)) continue;
    const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const around = texts.currentNode.parentElement;
      if (around.closest('#status') || !around.checkVisibility()) continue;
      found.push(texts.currentNode.textContent);
    }
  }
  return found.join(' ').replace(/\\s+/g, ' ').trim();
}"""


@dataclass
class ClosedPage:
    """One page: whether its websocket opened, and what it showed before and after the close.

    `came_back` are the seconds until it asked for another websocket, None where it did not.
    """

    code: int
    opened: bool = False
    before: str = ""
    closed: str = ""
    came_back: float | None = None
    again: str = ""

    @property
    def tells_the_close(self) -> bool:
        """Whether it showed something else once the websocket was closed."""
        return self.closed != self.before

    @property
    def tells_the_opening(self) -> bool:
        """Whether it showed something else once a new websocket was open."""
        return self.again != self.closed


class PageWatch:
    """A page behind each proxy, in one browser, looked at one after the other.

    Once it is `given_up`, nothing more is waited for.
    """

    def __init__(
        self, chromium: Browser, path: str, proxies: Mapping[int, WebsocketProxy], given_up: Event
    ) -> None:
        self.proxies, self.given_up = proxies, given_up
        self.seen = {code: ClosedPage(code) for code in proxies}
        self.pages = {
            code: _opened(chromium, f"{proxy.url}{path}") for code, proxy in proxies.items()
        }

    def run(self) -> dict[int, ClosedPage]:
        """Close each page's websocket with its proxy's code; return what the page showed.

        A page that was refused (from 4000 on) is watched for STAY_SECONDS, the others until they
        come back. Each proxy then lets the next websocket through.
        """
        self._until(lambda code: self.proxies[code].open_links > 0, OPEN_SECONDS)
        self._pause(SETTLE_SECONDS)
        for code, proxy in self.proxies.items():
            self.seen[code].opened = proxy.open_links > 0
            self.seen[code].before = self._sign(code)
        closed_at = time.monotonic()
        for code, proxy in self.proxies.items():
            proxy.hold()
            proxy.close_all(code)
        self._until(self._shows_the_close, SHOWN_SECONDS)
        self._until(lambda code: self._came_back(code, closed_at), BACK_SECONDS)
        self._until(
            lambda code: code not in REFUSALS or time.monotonic() > closed_at + STAY_SECONDS,
            STAY_SECONDS,
        )
        for code, proxy in self.proxies.items():
            self._came_back(code, closed_at)
            self.seen[code].closed = self._sign(code)
            proxy.release()
        self._until(self._shows_the_opening, SHOWN_SECONDS)
        return self.seen

    def _shows_the_close(self, code: int) -> bool:
        self.seen[code].closed = self._sign(code)
        return self.seen[code].tells_the_close

    def _came_back(self, code: int, since: float) -> bool:
        moments = [moment for moment in self.proxies[code].handshakes if moment > since]
        if moments:
            self.seen[code].came_back = moments[0] - since
        return bool(moments) or code in REFUSALS

    def _shows_the_opening(self, code: int) -> bool:
        self.seen[code].again = self._sign(code)
        return code in REFUSALS or self.seen[code].tells_the_opening

    def _sign(self, code: int) -> str:
        return str(self.pages[code].evaluate(SIGN))

    def _until(self, holds: Callable[[int], bool], seconds: float) -> None:
        """Wait until `holds` of every page. Each is looked at, even after one did not hold."""
        deadline = time.monotonic() + seconds
        while not self.given_up.is_set():
            answers = [holds(code) for code in self.proxies]
            if all(answers) or time.monotonic() > deadline:
                return
            self._pause(LOOK_MS / 1000)

    def _pause(self, seconds: float) -> None:
        next(iter(self.pages.values())).wait_for_timeout(seconds * 1000)


def _opened(chromium: Browser, url: str) -> Page:
    page = chromium.new_page(proxy=confined_to(url))
    # Not until all is loaded: a script that never comes must not hold us up.
    page.goto(url, wait_until="commit", timeout=LOAD_SECONDS * 1000)
    return page
