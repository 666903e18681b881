"""The browser that is found, the one that is chosen, and that each opens a page."""

import shutil
from pathlib import Path

import pytest

from tests.support.skip_markers import CHROMIUM
from workbook.browser import CHOSEN, browser, find_chromium


def test_the_chosen_one_comes_before_those_that_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHOSEN, "/opt/mine/chromium")
    assert find_chromium() == Path("/opt/mine/chromium")


# What a learner has: the other tests look through its headless shell, where that is installed.
@CHROMIUM
def test_the_whole_browser_opens_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CHOSEN, raising=False)
    found = find_chromium()
    assert found == Path(shutil.which(found.name) or found)
    with browser(found) as running:
        page = running.new_page()
        page.goto("data:text/html,<button onclick='this.textContent=1+1'>?</button>")
        page.get_by_role("button").click()
        assert page.get_by_role("button").inner_text() == "2"
