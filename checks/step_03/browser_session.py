"""Three pages in one browser: a task from click to done, one whose visitor is forgotten, no broker.

They go on side by side in a thread of their own; the checks read what was seen.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Response

from checks.clients.addresses import resolved
from checks.clients.htmx import polled_path
from checks.clients.http_client import Answer
from checks.clients.isolation import confined_to
from checks.pace import patience
from checks.verdicts import CannotTell
from workbook.browser import browser

LOAD_SECONDS, SWAP_SECONDS, POLL_SECONDS = patience(8), patience(1.5), patience(6)
TOLD_SECONDS, CLICK_SECONDS, DOWN_SECONDS = patience(60), patience(5), patience(5)
# What a second click may take until it is answered.
SECOND_SECONDS = patience(4)
# A task of 5 s, behind another one where the pool is solo.
DONE_SECONDS = patience(14)
# A page that polls every second or two does so within that time.
QUIET_SECONDS = patience(2.2)
PATH = "/check-status/"
# Tells whether there is anything to click.
CLICK = """() => {
    window.notReloaded = true;
    const post = '[hx-post*="check-status"], [data-hx-post*="check-status"]';
    const found = document.querySelector(post);
    if (!found) return false;
    // A form's button may stand outside of it. Among its elements no image is listed.
    const button = [...document.querySelectorAll("button, input")].find(
        one => one.form === found && ["submit", "image"].includes(one.type));
    // One that sends nothing by itself may be what an hx-trigger listens to.
    const plain = found.matches("form") && found.querySelector("button");
    (button || plain || found).click();
    return true;
}"""
# Tells whether the words of an answer stand in the page, where they are to be seen. Some of them no
# browser paints, such as the text inside a bar: they count on both sides.
SHOWS = r"""html => {
    const unread = "script, style, noscript, title";
    const words = root => {
        const nodes = document.createNodeIterator(root, NodeFilter.SHOW_TEXT);
        let read = "";
        for (let node = nodes.nextNode(); node; node = nodes.nextNode())
            if (!node.parentElement?.closest(unread)) read += node.data;
        return read.replace(/\s+/g, "");
    };
    const isSeen = element => {
        const within = document.createRange();
        within.selectNodeContents(element);
        const places = [...element.getClientRects(), ...within.getClientRects()];
        return places.length > 0 && getComputedStyle(element).visibility === "visible";
    };
    const shows = (element, wanted) => {
        if (!words(element).includes(wanted)) return false;
        const inner = [...element.children].filter(one => words(one).includes(wanted));
        return inner.length ? inner.some(one => shows(one, wanted)) : isSeen(element);
    };
    const answer = document.createElement("template");
    answer.innerHTML = html;
    // What htmx puts elsewhere does not stand beside the rest.
    const apart = [...answer.content.querySelectorAll("[hx-swap-oob], [data-hx-swap-oob]")];
    apart.forEach(one => one.remove());
    const parts = [answer.content, ...apart].map(words);
    return document.body !== null && parts.every(wanted => shows(document.body, wanted));
}"""
LOOK = """() => ({
    text: document.body ? document.body.innerText : "",
    scripts: document.querySelectorAll("script[src]").length,
    notReloaded: window.notReloaded === true,
})"""


@dataclass
class Seen:
    """What was seen on one page. `problem` says why there is nothing to see."""

    problem: str = ""
    before: str = ""
    scripts_before: int = 0
    answer: Answer | None = None  # the one that matters: the last fragment, the 404, the 503
    text: str = ""
    is_shown: bool = False
    scripts: int = 0
    was_reloaded: bool = False
    asked_after: int = 0
    complaints: list[str] = field(default_factory=list)  # of the page's scripts
    asked_seconds: float = 0  # from the click to the answer that matters
    statuses: int = 0  # how many answers to GET came within them
    has_button: bool = True  # whether there was one for a second click
    second: Answer | None = None  # what answered a second click, if anything
    is_second_shown: bool = False
    responses: list[Response] = field(default_factory=list)
    ready: threading.Event = field(default_factory=threading.Event)


class Watched:
    """A page that was opened and clicked."""

    def __init__(self, chromium: Browser, url: str, seen: Seen) -> None:
        self.seen, self._url = seen, url
        self._context = chromium.new_context(base_url=url, proxy=confined_to(url))
        self.page: Page = self._context.new_page()
        self.page.on("response", self._note)
        self.page.on("pageerror", lambda error: seen.complaints.append(error.message))
        self.page.on("console", self._note_complaint)
        self.clicked_at = 0.0
        self._is_forgotten = False

    def click(self) -> None:
        """Open the start page and click its button."""
        self.page.goto("/", timeout=LOAD_SECONDS * 1000)
        look = self.page.evaluate(LOOK)
        self.seen.before, self.seen.scripts_before = look["text"], look["scripts"]
        if not self.page.evaluate(CLICK):
            self.seen.problem = "a start page with nothing to click: no element has hx-post"
        self.clicked_at = time.monotonic()

    def click_again(self) -> bool:
        """Click the button that is there now; return whether there is one."""
        return bool(self.page.evaluate(CLICK))

    def forget_visitor(self) -> None:
        """Delete the session's cookie: from now on the requests are a stranger's."""
        self._is_forgotten = True
        self._context.clear_cookies()

    def answers(self, start: int = 0) -> list[Answer]:
        """Return what came back for the task, from the response number `start` on."""
        return [_answer(response) for response in self.seen.responses[start:]]

    def look(self) -> None:
        """Take down what a person sees now."""
        look, seen = self.page.evaluate(LOOK), self.seen
        seen.text, seen.scripts = look["text"], look["scripts"]
        seen.was_reloaded = not look["notReloaded"]
        if seen.answer:
            seen.is_shown = self.shows(seen.answer)

    def shows(self, answer: Answer) -> bool:
        """Tell whether a person sees an answer's words now."""
        return bool(self.page.evaluate(SHOWS, answer.text))

    def _note_complaint(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.seen.complaints.append(message.text)

    def _note(self, response: Response) -> None:
        if resolved(self._url, response.url).startswith(PATH):
            self.seen.responses.append(response)
        if self._is_forgotten:
            # An answer that was on its way brings the cookie back: SESSION_SAVE_EVERY_REQUEST.
            self._context.clear_cookies()


class Browsing:
    """The browser's thread, begun at once: `visit` pages, then `wait` for what you read.

    It fills `done`, `stranger` and `broker_down`.
    """

    def __init__(self, executable: Path) -> None:
        self._executable = executable
        self.done, self.stranger, self.broker_down = Seen(), Seen(), Seen()
        self._urls: tuple[str, ...] = ()
        self._told, self._stopped = threading.Event(), threading.Event()
        self._trouble: CannotTell | None = None
        self._thread = threading.Thread(target=self._browse, daemon=True)
        self._thread.start()

    def visit(self, url: str, idle_url: str, broker_down_url: str) -> None:
        """Begin to look at the three pages."""
        self._urls = (url, idle_url, broker_down_url)
        self._told.set()

    def wait(self, seen: Seen) -> Seen:
        """Return what was `seen`, once it was. Raises CannotTell where there is no browser."""
        if not seen.ready.wait(LOAD_SECONDS + DONE_SECONDS + QUIET_SECONDS):
            self._trouble = self._trouble or CannotTell("Chromium is too slow here. Try again.")
        if self._trouble:
            raise self._trouble
        return seen

    def stop(self) -> None:
        """Stop watching, however far it has come."""
        self._stopped.set()
        self._told.set()
        self._thread.join(LOAD_SECONDS)

    def _browse(self) -> None:
        try:
            with browser(self._executable) as chromium:
                self._told.wait(TOLD_SECONDS)
                if self._urls and not self._stopped.is_set():
                    self._look_around(chromium)
        except Error as error:
            reason = str(error).strip().partition("\n")[0]
            self._trouble = CannotTell(f"{self._executable} can't be controlled: {reason}")
        finally:
            for seen in (self.done, self.stranger, self.broker_down):
                seen.ready.set()

    def _look_around(self, chromium: Browser) -> None:
        pages = [
            Watched(chromium, url, seen)
            for url, seen in zip(
                self._urls, (self.done, self.stranger, self.broker_down), strict=True
            )
        ]
        done, stranger, broker_down = pages
        for page in pages:
            page.click()
        if not self._until(done, lambda: bool(done.seen.responses), CLICK_SECONDS):
            # What comes after a click need not be waited for: the checks of it wait for this one.
            done.look()
            done.seen.problem = done.seen.problem or "no answer: the click sent no request"
            return
        self._see(broker_down, lambda answer: answer.status == 503, DOWN_SECONDS)
        self._see_second_click(broker_down)
        broker_down.seen.ready.set()
        self._see_forgotten(stranger)
        self._see_second_click(stranger)
        stranger.seen.ready.set()
        self._see(done, _asks_no_more, DONE_SECONDS)
        self._see_quiet(done)
        self._see_second_click(done)

    def _see_forgotten(self, page: Watched) -> None:
        if page.seen.problem:
            return
        if not self._until(page, lambda: len(page.seen.responses) >= 2, POLL_SECONDS):
            page.seen.problem = "it polled for no status after the click"
            return
        page.forget_visitor()
        self._see(page, lambda answer: answer.status == 404, POLL_SECONDS)
        self._see_quiet(page)

    def _see(self, page: Watched, matters: Callable[[Answer], bool], seconds: float) -> None:
        """Wait for the first answer that matters, and until it is swapped in."""
        if page.seen.problem:
            return
        read: list[Answer] = []

        def came() -> bool:
            read.extend(page.answers(len(read)))
            page.seen.answer = next(filter(matters, read), None)
            return page.seen.answer is not None

        def shown() -> bool:
            page.look()
            return page.seen.is_shown

        if not self._until(page, came, seconds):
            page.look()
            last = f"status {read[-1].status}" if read else "nothing"
            page.seen.problem = f"{len(read)} answers within {seconds:g} s, the last: {last}"
        else:
            page.seen.asked_seconds = time.monotonic() - page.clicked_at
            page.seen.statuses = sum(answer.done.startswith("GET") for answer in read)
            self._until(page, shown, SWAP_SECONDS)

    def _see_quiet(self, page: Watched) -> None:
        """Count what the page asks after the answer that should have ended it."""
        if page.seen.answer is None:
            return
        before = len(page.seen.responses)
        self._until(page, lambda: len(page.seen.responses) > before + 1, QUIET_SECONDS)
        page.seen.asked_after = len(page.seen.responses) - before

    def _see_second_click(self, page: Watched) -> None:
        """Click once more, and look whether that is answered and the answer shown."""
        if page.seen.answer is None or page.seen.was_reloaded:
            return
        before = len(page.seen.responses)
        page.seen.has_button = page.click_again()
        if not page.seen.has_button:
            return

        def came() -> bool:
            return any(answer.done.startswith("POST") for answer in page.answers(before))

        def shown() -> bool:
            # A status may have taken the first answer's place by now.
            return any(page.shows(answer) for answer in page.answers(before))

        if self._until(page, came, SECOND_SECONDS):
            page.seen.second = page.answers(before)[0]
            page.seen.is_second_shown = self._until(page, shown, SWAP_SECONDS)

    def _until(self, page: Watched, holds: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._stopped.is_set():
            if holds():
                return True
            page.page.wait_for_timeout(100)
        return holds()


def _answer(response: Response) -> Answer:
    request = response.request
    try:
        text = response.text()
    except Error:
        text = ""  # the page was left before it came
    path = urlsplit(response.url).path
    done = f"{request.method} {path}"
    return Answer(done, response.status, text, 0, path, url=response.url)


def _asks_no_more(answer: Answer) -> bool:
    """Tell whether it is a status that asks for nothing more."""
    return answer.done.startswith("GET") and not polled_path(answer)
