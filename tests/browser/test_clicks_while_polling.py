"""A click is answered on the page, also while an answer to the polling is under way."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect

from tests.support.skip_markers import CHROMIUM
from tests.support.snapshots import SnapshotRun, snapshot_run

pytestmark = CHROMIUM

TURN_MS, TURNS = 100, 100
SWAPPED_MS = 1_000


@pytest.fixture(scope="module", params=["03", "05"])
def step(request: pytest.FixtureRequest) -> Iterator[SnapshotRun]:
    with snapshot_run(request.param) as run:
        yield run


def test_a_click_during_a_poll_shows_its_own_task(step: SnapshotRun, chromium: Browser) -> None:
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{step.url}/")
        button, shown = page.get_by_role("button", name="Start a task"), page.locator("#task code")
        button.click()
        expect(shown).to_be_visible()
        first = shown.inner_text()
        poll = waited_for(page, held(page, "**/check-status/*/"))
        posts = held(page, "**/check-status/")
        button.click()
        post = waited_for(page, posts)
        # The poll is answered first, and what it brings takes the place that the click aimed at.
        with suppress(Error):  # the page may have given it up
            poll.continue_()
        page.wait_for_timeout(SWAPPED_MS)
        post.continue_()
        expect(shown).not_to_have_text(first)


def held(page: Page, pattern: str) -> list[Route]:
    """Return a list that gets the next request to such an address, which stays unanswered."""
    routes: list[Route] = []
    page.route(pattern, routes.append, times=1)
    return routes


def waited_for(page: Page, routes: list[Route]) -> Route:
    """Return the request once the page has made it."""
    for _ in range(TURNS):
        if routes:
            return routes[0]
        page.wait_for_timeout(TURN_MS)
    raise AssertionError("the page did not ask within ten seconds")
