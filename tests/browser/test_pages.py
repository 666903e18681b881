"""What a visitor sees in a real browser."""

from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.pictures import picture_of
from tests.browser.scenes import SCENES, Scene
from tests.support.skip_markers import CHROMIUM
from tests.support.snapshots import SnapshotRun, snapshot_run
from workbook.paths import ROOT

pytestmark = CHROMIUM

DOCS = ROOT / "docs"
SMALL_BYTES = 60_000
INVENTED = "/check-status/00000000-0000-4000-8000-000000000000/"
POLL_INVENTED = f"""() => {{
    const task = document.getElementById("task");
    task.setAttribute("hx-get", "{INVENTED}");
    task.setAttribute("hx-trigger", "every 200ms");
    task.setAttribute("hx-swap", "outerHTML");
    htmx.process(task);
}}"""


@pytest.fixture(scope="module")
def polled() -> Iterator[SnapshotRun]:
    """Step 03, for those who leave it as it was."""
    with snapshot_run("03") as step:
        yield step


def test_click_fills_the_bar_and_404_ends_the_polling(
    chromium: Browser, polled: SnapshotRun
) -> None:
    with chromium.new_page(base_url=polled.url) as page:
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
    with snapshot_run("03") as step, chromium.new_page(base_url=step.url) as page:
        page.goto("/")
        step.redis_process().kill()
        page.get_by_role("button").click()
        expect(page.get_by_text("The queue can’t be reached")).to_be_visible(timeout=5_000)


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_a_step_ends_with_what_its_page_promises(
    scene: Scene, chromium: Browser, request: pytest.FixtureRequest
) -> None:
    with (
        nullcontext(request.getfixturevalue("polled"))
        if scene.step == "03"
        else snapshot_run(scene.step, **scene.variables) as step,
        chromium.new_context(base_url=step.url) as context,
    ):
        assert scene.play(step, context)


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_each_scene_has_its_pictures_and_its_page_shows_them(scene: Scene) -> None:
    pages = [next(DOCS.glob(f"{scene.step}-*.md")), DOCS / "index.md"]
    shown = "".join(page.read_text(encoding="utf-8") for page in pages)
    for scheme in ("light", "dark"):
        picture = picture_of(scene, scheme)
        assert f"(img/{picture.name}#only-{scheme})" in shown
        assert picture.stat().st_size < SMALL_BYTES
