"""The reader's browser: tabs of a real Chromium, and what a person can do in them."""

import re
from collections.abc import Sequence
from contextlib import ExitStack

from playwright.sync_api import Error, Locator, Page

from tests.guide.replay.errors import Mishap
from workbook.browser import browser, find_chromium

SECONDS = 15
VALUE = re.compile(r"([A-Z][\w ]+?) `([^`]+)`")


class Tabs:
    """A browser window; it is started by the first address that is opened."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._context = None
        self.pages: list[Page] = []
        self._private: list[Page] = []

    def close(self) -> None:
        """Close the browser."""
        self._stack.close()

    def open_private(self, address: str) -> None:
        """Open an address in a window that has no cookies yet, and goes to the front."""
        if self._context is None or self._context.browser is None:
            raise Mishap("no window is open beside which there could be a private one")
        context = self._context.browser.new_context()
        context.set_default_timeout(SECONDS * 1000)
        self._private.append(context.new_page())
        self._private[-1].goto(address, wait_until="domcontentloaded")

    def close_private(self) -> None:
        """Close the private window, and forget its cookies."""
        for page in self._private:
            page.context.close()
        self._private.clear()

    def open(self, address: str, first: int, last: int) -> None:
        """Open an address in the tabs with the numbers `first` to `last`, counted from 1."""
        if self._context is None:
            chromium = self._stack.enter_context(browser(find_chromium()))
            self._context = chromium.new_context(viewport={"width": 1000, "height": 900})
            self._context.set_default_timeout(SECONDS * 1000)
        for number in range(first, last + 1):
            if number > len(self.pages):
                self.pages.append(self._context.new_page())
            # Not "load": a page with a websocket or a poll is there before all is quiet.
            self.pages[number - 1].goto(address, wait_until="domcontentloaded")

    def close_every(self) -> None:
        """Close all tabs, and with them their websockets; the browser keeps its cookies."""
        for page in self.pages:
            page.close()
        self.pages.clear()

    def texts(self) -> list[str]:
        """Return each tab's visible text, a table's row as one line; "" while one is loaded."""
        return _texts_of(self.pages)

    def private_texts(self) -> list[str]:
        """Return the private window's visible text, as those of the tabs."""
        if not self._private:
            raise Mishap("no private window is open")
        return _texts_of(self._private)

    def press(self, name: str) -> None:
        """Press the button, or follow the link, with that name."""
        page = self._front()
        thing = page.get_by_role("button", name=name, exact=True)
        thing = thing.or_(page.get_by_role("link", name=name, exact=True))
        self._act(thing.or_(page.locator("summary", has_text=name)), f"press {name}")

    def set_box(self, name: str, ticked: bool) -> None:
        """Tick or clear a box."""
        self._front().get_by_label(name).set_checked(ticked)

    def log_in(self, name: str, password: str) -> None:
        """Fill in the admin's login, if it is there."""
        page = self._front()
        page.get_by_label("Username:").fill(name)
        page.get_by_label("Password:").fill(password)
        self.press("Log in")

    def reload(self, every: bool) -> None:
        """Reload the front tab, or every one."""
        for page in self.pages if every else [self._front()]:
            page.reload(wait_until="domcontentloaded")

    def reload_all_files(self) -> None:
        """Reload the front tab with all its files, whatever the browser keeps of them."""
        page = self._front()
        with page.expect_navigation(wait_until="domcontentloaded"):
            page.context.new_cdp_session(page).send("Page.reload", {"ignoreCache": True})

    def forget(self, cookie: str) -> None:
        """Delete a cookie."""
        if not any(one["name"] == cookie for one in self._context.cookies()):
            raise Mishap(f"the browser has no cookie {cookie} to delete")
        self._context.clear_cookies(name=cookie)

    def fill(self, rows: Sequence[Sequence[str]]) -> None:
        """Fill in a form as a table of labels and values says.

        A value with a **+** opens a small window, where its own labels and values go.
        """
        for label, value in rows:
            if "**+**" in value:
                self._fill_small_window(label, VALUE.findall(value.split("**+**")[1]))
            else:
                self._set(self._front().get_by_label(f"{label}:"), value.strip("`"), label)

    def _fill_small_window(self, label: str, pairs: Sequence[tuple[str, str]]) -> None:
        page = self._front()
        field = page.get_by_label(f"{label}:").get_attribute("id")
        with page.expect_popup() as opened:
            page.locator(f"#add_{field}").click()
        for name, value in pairs:
            self._set(opened.value.get_by_label(f"{name}:"), value, name)
        with opened.value.expect_event("close"):
            opened.value.get_by_role("button", name="Save", exact=True).click()

    def _set(self, field: Locator, value: str, label: str) -> None:
        try:
            if field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(label=value)
            else:
                field.fill(value)
        except Error as problem:
            raise Mishap(f"the form does not take “{value}” as {label}: {problem}") from problem

    def _act(self, thing: Locator, what: str) -> None:
        try:
            thing.first.click()
        except Error as problem:
            seen = self._front().inner_text("body")
            raise Mishap(f"a reader can't {what} here. The page shows:\n{seen}") from problem

    def _front(self) -> Page:
        if not self.pages:
            raise Mishap("no page is open in the browser yet")
        return [*self.pages, *self._private][-1]


def _texts_of(pages: Sequence[Page]) -> list[str]:
    found = []
    for page in pages:
        try:
            lines = page.inner_text("body", timeout=1000).splitlines()
            found.append("\n".join(" ".join(line.split()) for line in lines if line.strip()))
        except Error:
            found.append("")
    return found
