"""A real browser for the tests of this folder."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from workbook.chromium import browser, find_chromium


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Run the machine's Chromium, without a window."""
    with browser(find_chromium()) as running:
        yield running
