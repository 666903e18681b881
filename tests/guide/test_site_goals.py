"""Goals that a reader ticks: kept by the browser, and told in the navigation and on page one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.skip_markers import CHROMIUM

pytestmark = CHROMIUM

STEP = "03-poll-task-status.html"
TITLE = "03 Poll the task's status"


@pytest.fixture
def page(chromium: Browser, site: Path) -> Iterator[Page]:
    """Open a step's page from disk, in a browser that remembers nothing yet."""
    with chromium.new_context(viewport={"width": 1300, "height": 900}) as context:
        page = context.new_page()
        page.goto((site / STEP).as_uri())
        yield page


def goals(page: Page) -> Locator:
    return page.locator(".task-list-item").filter(has_not_text="★").get_by_role("checkbox")


def exercise(page: Page) -> Locator:
    return page.locator(".task-list-item").filter(has_text="★").get_by_role("checkbox")


def in_navigation(page: Page) -> Locator:
    return page.locator(".md-nav--primary a.md-nav__link").filter(has_text=TITLE)


def test_a_ticked_goal_stays_ticked(page: Page) -> None:
    page.get_by_text("A task reports its progress while it works.").click()
    page.reload()
    ticked = [goal.is_checked() for goal in goals(page).all()]
    assert ticked == [True] + [False] * (len(ticked) - 1)


def test_a_goal_is_reached_and_ticked_by_keyboard_under_its_own_words(page: Page) -> None:
    goal = page.get_by_role("checkbox", name="A task reports its progress while it works.")
    expect(goal).to_be_enabled()
    for _ in range(60):
        page.keyboard.press("Tab")
        if goal.evaluate("box => box === document.activeElement"):
            break
    page.keyboard.press("Space")
    expect(goal).to_be_checked()
    page.keyboard.press("Space")
    expect(goal).not_to_be_checked()


def test_the_navigation_counts_the_goals_and_ticks_a_page_that_is_done(page: Page) -> None:
    count = goals(page).count()
    expect(in_navigation(page).locator(".goals-mark")).to_have_count(0)
    goals(page).first.check(force=True)
    expect(in_navigation(page)).to_contain_text(f"1 of {count}")
    for goal in goals(page).all():
        goal.check(force=True)
    expect(in_navigation(page).get_by_role("img", name="all goals reached")).to_be_visible()
    # The same on another page.
    page.get_by_role("link", name="Glossary").first.click()
    expect(in_navigation(page).get_by_role("img", name="all goals reached")).to_be_visible()
    expect(page.locator(".goals-mark")).to_have_count(1)


def test_the_first_page_says_how_far_you_are_and_leads_on(page: Page, site: Path) -> None:
    for goal in goals(page).all():
        goal.check(force=True)
    page.goto((site / "01-configure-celery.html").as_uri())
    goals(page).first.check(force=True)
    count = goals(page).count()
    page.goto((site / "index.html").as_uri())
    told = page.locator("#progress")
    expect(told).to_have_text(
        "You have reached all goals of 1 of 5 steps. "
        f"Go on with 01 Configure Celery: 1 of {count} goals so far."
    )
    told.get_by_role("link").click()
    expect(page).to_have_url((site / "01-configure-celery.html").as_uri())


def test_an_exercise_is_a_star_of_its_own_and_no_goal(page: Page, site: Path) -> None:
    count = goals(page).count()
    exercise(page).check(force=True)
    star = in_navigation(page).get_by_role("img", name="exercise done")
    expect(star).to_have_text("★")
    expect(in_navigation(page)).to_contain_text(f"0 of {count}")
    for goal in goals(page).all():
        goal.check(force=True)
    expect(in_navigation(page).get_by_role("img", name="all goals reached")).to_be_visible()
    page.reload()
    expect(exercise(page)).to_be_checked()
    page.goto((site / "index.html").as_uri())
    expect(page.locator("#progress")).to_contain_text("Your exercises: ★ 1 of 5.")


def test_the_first_page_tells_a_new_reader_nothing(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    expect(page.locator("#progress")).to_be_hidden()


def test_a_second_tab_follows(page: Page) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    goals(page).first.check(force=True)
    expect(goals(other).first).to_be_checked()
    expect(in_navigation(other)).to_contain_text("1 of")


def test_a_browser_that_keeps_nothing_still_ticks(chromium: Browser, site: Path) -> None:
    with chromium.new_context() as context:
        context.add_init_script(
            "Object.defineProperty(window, 'localStorage', "
            "{get() { throw new DOMException('denied', 'SecurityError'); }});"
        )
        page = context.new_page()
        page.goto((site / STEP).as_uri())
        goals(page).first.check(force=True)
        expect(goals(page).first).to_be_checked()


def test_without_scripts_the_goals_are_a_plain_list(chromium: Browser, site: Path) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto((site / STEP).as_uri())
        first = page.locator(".task-list-item").first
        expect(first).to_have_text("A task reports its progress while it works.")
        expect(first.locator("input")).to_be_disabled()
