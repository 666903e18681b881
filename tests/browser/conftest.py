"""A real browser for the tests of this folder."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from workbook.chromium import browser, find_chromium


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Run the machine's Chromium, without a window."""
    executable = find_chromium()
    assert executable, "These tests need Chromium: apt install chromium"
    with browser(executable) as running:
        yield running
