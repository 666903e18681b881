"""The guide for those who can't see it well, use no pointer, or have a narrow screen."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.skip_markers import CHROMIUM
from tests.support.web_servers import served
from workbook.paths import ROOT

pytestmark = CHROMIUM

PAGES = sorted(
    page.relative_to(ROOT / "docs").with_suffix(".html").as_posix()
    for page in (ROOT / "docs").rglob("*.md")
)
# One page of each type; --all looks at all of them.
TYPES = {
    "index.html",  # pictures, a table
    "background-tasks.html",  # diagrams
    "set-up.html",  # tabs
    "04-setup-websocket.html",  # goals, listings, diffs, output, folded notes
    "troubleshooting.html",
    "glossary.html",
    "404.html",
}
# Those whose kinds of elements are on the others as well need be looked at in one scheme alone:
# what another scheme changes is the colours of a kind.
ALIKE = {"troubleshooting.html", "glossary.html", "404.html"}
LOOKED_AT = [
    pytest.param(name, scheme, marks=[] if is_wanted else [pytest.mark.long])
    for name in [*PAGES, "404.html"]
    for scheme in ("light", "dark")
    for is_wanted in [name in TYPES and (scheme == "light" or name not in ALIKE)]
]
COLOURS = ("color-contrast", "link-in-text-block")
OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"
BUSY = 90_000  # ms: a browser on a machine that does much else
TABS = 120  # more than the links before any place that these tests look for


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Serve the site: its page for an error is made for a server."""
    with served(site) as address:
        yield address


@contextmanager
def opened(
    chromium: Browser, address: str, width: int = 1300, scheme: str = "light"
) -> Iterator[Page]:
    """Open a page with all of its folded notes unfolded."""
    size = {"width": width, "height": 800}
    # Still pictures: a colour half-way through its fading has another contrast.
    with chromium.new_context(
        viewport=size, color_scheme=scheme, reduced_motion="reduce"
    ) as context:
        context.set_default_timeout(BUSY)
        page = context.new_page()
        page.goto(address)
        page.evaluate(OPEN_ALL)
        yield page


def faults(page: Page, *without: str, only: Sequence[str] = ()) -> list[str]:
    """Return what axe finds wrong with a page as it is now, one line for each kind.

    It looks for all that it knows but `without`, or for `only` some.
    """
    rules = {rule: {"enabled": False} for rule in without}
    options = {"runOnly": list(only)} if only else {"rules": rules}
    found = Axe().run(page, options=options).response
    assert found["passes"]
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:100]} {fault['nodes'][0]['failureSummary']}"
        for fault in found["violations"]
    ]


def tab_to(page: Page, wanted: Locator) -> bool:
    """Press Tab until `wanted` has the focus; return whether it ever had."""
    handle = wanted.element_handle()
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => wanted === document.activeElement", handle):
            return True
    return False


@pytest.mark.parametrize(("name", "scheme"), LOOKED_AT)
def test_axe_finds_nothing(chromium: Browser, address: str, name: str, scheme: str) -> None:
    # What another scheme changes is colours: the rest of the page is the same.
    only = COLOURS if scheme == "dark" else ()
    with opened(chromium, address + name, scheme=scheme) as page:
        assert faults(page, only=only) == []


def test_a_table_that_is_too_wide_is_scrolled_by_keys(chromium: Browser, address: str) -> None:
    with opened(chromium, address + "set-up.html", width=360) as page:
        wide = page.get_by_role("group", name="Table").filter(has_text="Fresh clone")
        wide.focus()
        page.keyboard.press("ArrowRight")
        expect(wide).not_to_have_js_property("scrollLeft", 0, timeout=BUSY)
        page.set_viewport_size({"width": 1300, "height": 800})
        # What does not scroll is no place to stop at.
        expect(wide).not_to_have_attribute("tabindex", "0", timeout=BUSY)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens(chromium: Browser, address: str, scheme: str) -> None:
    with opened(chromium, address + "set-up.html", scheme=scheme) as page:
        page.locator(".tabbed-labels").get_by_text("Windows", exact=True).first.click()
        word = page.locator("abbr").first
        word.focus()
        expect(page.get_by_role("tooltip")).to_be_visible()
        # It hangs outside of all regions, tied to its word.
        assert faults(page, "region") == []
        assert word.get_attribute("aria-describedby") == page.get_by_role("tooltip").get_attribute(
            "id"
        )
        search = page.get_by_role("textbox", name="Search")
        search.fill("worker")
        search.press("End")  # the search begins when a key is let go
        expect(page.locator(".md-search-result__item").first).to_be_visible(timeout=BUSY)
        # The word has lost the focus: its explanation goes, a moment later.
        expect(page.get_by_role("tooltip")).to_have_count(0)
        assert faults(page) == []


def test_axe_finds_nothing_where_goals_are_ticked(chromium: Browser, address: str) -> None:
    with opened(chromium, address + "03-poll-task-status.html") as page:
        for goal in page.locator(".task-list-item input").all():
            goal.check(force=True)
        expect(page.locator(".goals-mark")).to_be_visible()
        assert faults(page) == []
        page.goto(address)
        expect(page.locator("#progress")).to_be_visible()
        assert faults(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_on_a_narrow_screen(chromium: Browser, address: str, name: str) -> None:
    with opened(chromium, address + name, width=360) as page:
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0


def test_a_listing_that_is_too_wide_scrolls_inside_its_box(chromium: Browser, address: str) -> None:
    with opened(chromium, address + "02-create-and-execute-tasks.html", width=360) as page:
        boxes = page.locator(".listing pre > code").all()
        wide = [box for box in boxes if box.evaluate("box => box.scrollWidth > box.clientWidth")]
        assert wide
        # Reached by the Tab key, it scrolls by the arrows.
        assert [box.get_attribute("tabindex") for box in wide] == ["0"] * len(wide)
        wide[0].focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("box => box.scrollLeft > 0", arg=wide[0].element_handle())


def test_the_first_tab_leads_past_the_navigation(chromium: Browser, address: str) -> None:
    with opened(chromium, address + "set-up.html") as page:
        assert tab_to(page, page.get_by_role("link", name="Skip to content"))
        page.keyboard.press("Enter")
        expect(page).to_have_url(address + "set-up.html#set-up")


def test_tabs_are_chosen_by_keyboard(chromium: Browser, address: str) -> None:
    with opened(chromium, address + "set-up.html") as page:
        expect(page.get_by_text("py --version")).to_be_hidden()
        assert tab_to(page, page.locator(".tabbed-set input").first)
        page.keyboard.press("ArrowRight")
        expect(page.get_by_text("py --version")).to_be_visible()


def test_a_folded_note_is_opened_by_keyboard(chromium: Browser, address: str) -> None:
    with opened(chromium, address + "01-configure-celery.html") as page:
        page.reload()
        note = page.locator("details").first
        summary = note.locator("summary")
        expect(summary).to_be_visible()
        summary.evaluate("summary => summary.scrollIntoView()")
        summary.focus()
        page.keyboard.press("Enter")
        expect(note).to_have_attribute("open", "")
        page.keyboard.press("Enter")
        expect(note).not_to_have_attribute("open", "")


WRONG = {
    "image-alt": "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>",
    "color-contrast": "<p style='color: #999; background: #fff'>Hard to read.</p>",
    "label": "<input type='checkbox'>",
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_fault_would_be_found(chromium: Browser, address: str, fault: str) -> None:
    with opened(chromium, address + "set-up.html") as page:
        page.locator("article").evaluate("(page, html) => page.innerHTML += html", WRONG[fault])
        assert [found.split(":")[0] for found in faults(page)] == [fault]
