"""A click is answered on the page, also while an answer to the polling is under way."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect

from tests.support.skip_markers import CHROMIUM
from tests.support.snapshots import SnapshotRun, snapshot_run

pytestmark = CHROMIUM

TURN_MS, TURNS = 100, 100
SWAPPED_MS = 1_000


@pytest.fixture(scope="module", params=[pytest.param("03", marks=pytest.mark.long), "05"])
def step(request: pytest.FixtureRequest) -> Iterator[SnapshotRun]:
    with snapshot_run(request.param) as run:
        yield run


def test_a_click_during_a_poll_shows_its_own_task(step: SnapshotRun, chromium: Browser) -> None:
    with chromium.new_page() as page:
        page.goto(f"{step.url}/")
        button, shown = page.get_by_role("button", name="Start a task"), page.locator("#task code")
        button.click()
        expect(shown).to_be_visible()
        first = shown.inner_text()
        poll = hold_next(page, "**/check-status/*/")
        poll.wait_until_it_came()
        post = hold_next(page, "**/check-status/")
        button.click()
        post.wait_until_it_came()
        # The poll is answered first, and what it brings takes the place that the click aimed at.
        poll.let_pass()
        page.wait_for_timeout(SWAPPED_MS)
        post.let_pass()
        expect(shown).not_to_have_text(first)


@dataclass
class Held:
    """A request that the page has made, or will make, and that waits until it may pass."""

    page: Page
    route: Route | None = None

    def keep(self, route: Route) -> None:
        """Leave the request without an answer; nothing waits in here, so the page stays alive."""
        self.route = route

    def wait_until_it_came(self) -> None:
        """Wait for the request, for some seconds."""
        for _ in range(TURNS):
            if self.route:
                return
            self.page.wait_for_timeout(TURN_MS)
        raise AssertionError("the page did not ask within ten seconds")

    def let_pass(self) -> None:
        """Send the request on, unless the page has given it up."""
        assert self.route
        with suppress(Error):
            self.route.continue_()


def hold_next(page: Page, pattern: str) -> Held:
    """Hold the next request to such an address."""
    held = Held(page)
    page.route(pattern, held.keep, times=1)
    return held
