"""A whole step with guide and editor side by side: from red to green by saving files alone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.guide.replay.sandbox.namespaces import OWN
from tests.support.live_guides import LiveGuide, live_guide
from tests.support.skip_markers import CHROMIUM
from tests.support.workbook_copy import SmallWorkbook
from workbook.paths import ROOT
from workbook.projects.steps import Step, find_step

# The short form of it, on two checks that take a moment, is in test_live_panel.
pytestmark = [CHROMIUM, pytest.mark.long]

RUN_MS = 120_000
# In the order of the page, as far as the sections of one file allow.
SAVES = {
    "02": [
        *("status/__init__.py", "status/apps.py", "status/migrations/__init__.py"),
        *("config/settings.py", "status/tasks.py", "status/views.py", "templates/_base.html"),
        *("templates/index.html", "templates/queue_unreachable.html", "static/style.css"),
        *("status/urls.py", "config/urls.py"),
    ],
    "04": [
        *("config/settings.py", "status/consumers.py", "status/routing.py", "config/asgi.py"),
        *("templates/status/partials/current_status.html", "static/live.js"),
        *("templates/_base.html", "templates/live.html", "status/views.py", "status/urls.py"),
    ],
}
# The goals that no check proves, see tests/guide/test_goals.
YOURS = "yours to tick"  # what the page says beside such a goal
BY_HAND = {"02": ["Beat sends the task by itself."], "04": []}


@pytest.fixture
def guide(tmp_path: Path) -> Iterator[LiveGuide]:
    """Serve the whole guide of a copy of the workbook."""
    copy = shutil.copytree(ROOT, tmp_path / "workbook copy", ignore=OWN)
    with live_guide(SmallWorkbook(copy)) as running:
        yield running


def line_of(page: Page) -> Locator:
    return page.locator(".live-panel summary")


def goals(page: Page) -> dict[str, bool]:
    """Return the page's goals without its exercise, and which are ticked."""
    items = page.locator(".task-list-item").filter(has_not_text="★")
    ticked = [box.is_checked() for box in items.get_by_role("checkbox").all()]
    names = [text.removesuffix(YOURS).strip() for text in items.all_inner_texts()]
    return dict(zip(names, ticked, strict=True))


def save_all(step: Step, guide: LiveGuide, page: Page) -> list[str]:
    """Save the step's files one after the other; return the first ✗ after each, without doubles."""
    line, told = line_of(page), []
    for name in SAVES[step.label]:
        file = guide.small.work / name
        text = (step.folder / name).read_text(encoding="utf-8")
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        guide.small.write({name: text})
        # The run of this save, or of one that came meanwhile, has ended.
        page.wait_for_timeout(1_000)
        for words in ("hecking", "so far", "cold start", "last save"):
            expect(line).not_to_contain_text(words, timeout=RUN_MS)
        told.append(line.inner_text().replace("\n", " "))
    return list(dict.fromkeys(told))


@pytest.mark.parametrize("label", ["02", "04"])
def test_a_step_goes_from_red_to_green_by_saves_alone(
    chromium: Browser, guide: LiveGuide, label: str
) -> None:
    step = find_step(label)
    assert guide.small.call("start", label).returncode == 0
    with chromium.new_page(viewport={"width": 1200, "height": 800}) as page:
        page.goto(f"{guide.url}{step.page}.html")
        expect(line_of(page)).to_contain_text("not checked yet")
        told = save_all(step, guide, page)
        held = [int(line.split(" hold")[0].split()[-3]) for line in told]
        assert held == sorted(held), told
        assert len(told) >= 3, told
        assert not any(ticked for text, ticked in goals(page).items() if text in BY_HAND[label])
        expect(page.locator(".live-panel").get_by_role("img", name="Done")).to_be_visible()
        assert [text for text, ticked in goals(page).items() if not ticked] == BY_HAND[label]
        expect(page.locator(".live-place")).to_have_count(0)
        page.goto(guide.url)
        expect(line_of(page)).to_contain_text("1 of 5 steps done")
