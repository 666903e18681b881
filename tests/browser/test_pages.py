"""What a visitor sees in a real browser."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.support.needs import CHROMIUM
from tests.support.snapshots import snapshot_run

pytestmark = CHROMIUM

INVENTED = "/check-status/00000000-0000-4000-8000-000000000000/"
POLL_INVENTED = f"""() => {{
    const task = document.getElementById("task");
    task.setAttribute("hx-get", "{INVENTED}");
    task.setAttribute("hx-trigger", "every 200ms");
    task.setAttribute("hx-swap", "outerHTML");
    htmx.process(task);
}}"""


def test_a_click_fills_the_bar_without_a_reload_and_a_404_ends_the_polling(
    chromium: Browser,
) -> None:
    with snapshot_run("03") as step, chromium.new_context(base_url=step.url) as context:
        page = context.new_page()
        page.goto("/")
        page.evaluate("window.notReloaded = true")
        page.get_by_role("button").click()
        expect(page.get_by_text("PROGRESS")).to_be_visible(timeout=5_000)
        expect(page.get_by_text("SUCCESS: the task returned RUNNING.")).to_be_visible(timeout=9_000)
        assert page.evaluate("window.notReloaded")

        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.evaluate(POLL_INVENTED)
        expect(page.get_by_text("There is no such task")).to_be_visible(timeout=3_000)
        page.wait_for_timeout(1_000)
        assert len(asked) == 1
        # With DEBUG on, django-htmx's own script would have put the 404 in place of the page.
        expect(page.get_by_role("heading")).to_be_visible()


def test_a_queue_that_cannot_be_reached_is_said_on_the_page(chromium: Browser) -> None:
    with snapshot_run("03") as step, chromium.new_context(base_url=step.url) as context:
        page = context.new_page()
        page.goto("/")
        step.redis_process().kill()
        page.get_by_role("button").click()
        expect(page.get_by_text("The queue can’t be reached")).to_be_visible(timeout=5_000)


def test_two_live_pages_tick_together(chromium: Browser) -> None:
    with (
        snapshot_run("05", STATUS_INTERVAL="1.5") as step,
        chromium.new_context(base_url=step.url) as context,
    ):
        pages = [context.new_page() for _ in range(2)]
        for page in pages:
            page.goto("/live/")
        for status in ("RUNNING", "FINISHED", "RUNNING"):
            for page in pages:
                expect(status_of(page)).to_have_text(status, timeout=5_000)


def status_of(page: Page):
    return page.locator("#status")
