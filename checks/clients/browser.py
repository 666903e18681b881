"""A page in a real browser: loaded, and watched beside the checks for what its status shows."""

import threading
import time
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Error, Frame, Page

from checks.clients.background import Later
from checks.clients.isolation import confined_to
from checks.pace import patience
from checks.verdicts import CannotTell
from workbook.browser import browser
from workbook.runtime.waiting import wait_until

LOAD_SECONDS, WATCH_SECONDS, END_SECONDS = patience(20), patience(120), 5
PAUSE_MS = 40
# Every text that #status shows, each change once.
RECORD = """
window.shownTexts = [];
new MutationObserver(() => {
  const text = document.getElementById("status")?.textContent.trim();
  if (text !== undefined && text !== shownTexts.at(-1)) shownTexts.push(text);
}).observe(document, {subtree: true, childList: true, characterData: true});
"""


class LivePage:
    """One page in a browser that is started at once; `open` says when and where it goes.

    A thread of its own watches it: Playwright's objects work in the thread that made them alone.
    """

    def __init__(self, executable: Path) -> None:
        self.texts: list[str] = []
        self.problems: list[str] = []  # what its scripts complained of
        self.complaints: list[str] = []  # what they wrote to the console as errors
        self.loads = 0
        self.sockets = 0
        self._executable, self._url = executable, ""
        self._told, self._news, self._end = (threading.Event() for _ in range(3))
        self._deadline = time.monotonic() + WATCH_SECONDS
        self._later = Later(self._watch)

    def open(self, url: str) -> None:
        """Open a page, and wait until it is there. Raises CannotTell if it never is."""
        self._url = url
        self._told.set()
        self._news.wait(LOAD_SECONDS)
        if not self.loads:
            self.close()
            try:
                self._later.result(0)
            except (Error, TimeoutError) as error:
                first = str(error).partition("\n")[0]
                raise CannotTell(f"the browser did not come up: {first}") from None

    def shows(self, text: str, within: float) -> bool:
        """Wait until its status shows, or has shown, `text`, and return whether it did."""

        def is_shown() -> bool:
            return any(text in shown for shown in self.texts)

        wait_until(lambda: is_shown() or self._end.is_set(), patience(within), 0.02)
        return is_shown()

    def close(self) -> None:
        """Close page and browser."""
        self._end.set()
        self._told.set()
        try:
            self._later.result(END_SECONDS)
        except (Error, TimeoutError):
            return  # told by `loaded`, or a browser that is slow to leave

    def _watch(self) -> None:
        try:
            with browser(self._executable) as chromium:
                self._told.wait(WATCH_SECONDS)
                if self._end.is_set():
                    return
                page = chromium.new_page(proxy=confined_to(self._url))
                page.on("console", self._note_complaint)
                page.on("pageerror", lambda error: self.problems.append(error.message))
                page.on("websocket", self._count_socket)
                page.on("framenavigated", self._count_load)
                page.add_init_script(RECORD)
                # Not until all is loaded: a script that never comes must not hold us up.
                page.goto(self._url, wait_until="commit", timeout=LOAD_SECONDS * 1000)
                self._news.set()
                self._look(page)
        finally:
            self._news.set()

    def _look(self, page: Page) -> None:
        while not self._end.is_set() and time.monotonic() < self._deadline:
            # During a reload there is nothing to read.
            with suppress(Error):
                self.texts = page.evaluate("window.shownTexts || []")
            page.wait_for_timeout(PAUSE_MS)

    def _note_complaint(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _count_socket(self, _: object) -> None:
        self.sockets += 1

    def _count_load(self, frame: Frame) -> None:
        self.loads += frame.parent_frame is None
