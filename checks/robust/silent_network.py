"""A page in a real browser whose network goes silent: does it connect again?

The browser's clock is put forward, so that nobody waits for half a minute.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Error, Page

from checks.clients.isolation import confined_to
from checks.harness.proxies.silent_proxy import SilentProxy
from checks.pace import patience
from checks.verdicts import CannotTell
from workbook.browser import browser

LOAD_SECONDS, OPEN_SECONDS, AGAIN_SECONDS = patience(20), patience(6), patience(20)
PAUSE_MS, SETTLE_MS = 100, 1_000
# Twice what the page may take to notice.
FORWARD_MS = 60_000


@dataclass(frozen=True)
class Silenced:
    """How many websockets the page had opened before and after the silence."""

    before: int
    after: int
    problems: tuple[str, ...]


def go_silent(url: str, executable: Path) -> Silenced:
    """Open /live/ of the server at `url`, let its network go silent, and look at its websockets.

    Raises CannotTell where the browser does not come up.
    """
    place = urlsplit(url)
    with closing(SilentProxy(place.port or 80)) as proxy:
        own = f"{place.scheme}://{place.hostname}:{proxy.port}"
        try:
            with browser(executable) as chromium:
                page = chromium.new_page(proxy=confined_to(own))
                opened: list[object] = []
                problems: list[str] = []
                page.on("websocket", lambda one: opened.append(one))
                page.on("pageerror", lambda error: problems.append(error.message))
                page.clock.install()
                page.goto(f"{own}/live/", timeout=LOAD_SECONDS * 1000)
                _wait(page, lambda: bool(opened), OPEN_SECONDS)
                page.wait_for_timeout(SETTLE_MS)  # until it is open on both sides
                before = len(opened)
                proxy.fall_silent()
                page.clock.fast_forward(FORWARD_MS)
                _wait(page, lambda: len(opened) > before, AGAIN_SECONDS)
                return Silenced(before, len(opened), tuple(problems))
        except Error as error:
            first = str(error).partition("\n")[0]
            raise CannotTell(f"the browser did not come up: {first}") from None


def _wait(page: Page, condition: Callable[[], bool], seconds: float) -> None:
    for _ in range(int(seconds * 1000 / PAUSE_MS)):
        if condition():
            return
        page.wait_for_timeout(PAUSE_MS)
