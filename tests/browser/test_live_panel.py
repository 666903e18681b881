"""The live guide's panel: what the checks say about `work/`, beside the text."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.support.checks_sandbox import TinyChecks, make_tiny_checks
from tests.support.live_guides import LiveGuide, live_guide
from tests.support.skip_markers import CHROMIUM
from tests.support.text_files import write_files
from tests.support.tool_process import tool_run
from workbook.paths import ROOT
from workbook.runtime.waiting import wait_until

pytestmark = CHROMIUM

# What the checks find is in a file of the project's, a line each.
CHECKS = """
import time
from checks.common.fixtures import target

def said(target, name):
    words = (target.folder / "status" / "views.py").read_text().split()
    time.sleep(3 * ("slow" in words))
    if name not in words:
        raise NotYet("looked", "no " + name, "it", "status/views.py", "03, Poll the view")

@check("The first holds")
def test_first(target): said(target, "first")

@check("The second holds")
def test_second(target): said(target, "second")
"""
SETTINGS = """\
site_name: Small
use_directory_urls: false
theme:
  name: material
  font: false
  palette:
    - media: "(prefers-color-scheme: light)"
      scheme: default
      primary: teal
    - media: "(prefers-color-scheme: dark)"
      scheme: slate
      primary: teal
extra_css: [css/colours.css, css/goals.css]
extra_javascript: [js/goals.js]
plugins: []
markdown_extensions:
  - attr_list
  - pymdownx.tasklist:
      custom_checkbox: true
"""
LONG = "A paragraph of the lesson.\n\n" * 80
GOALS = """
- [ ] The first goal.
  {: data-checks="test_first" }
- [ ] The second goal.
  {: data-checks="test_second" }
- [ ] A goal without a check.

"""
STEP = f"# Third\n\n{GOALS}{LONG}## Poll the view\n\n{LONG}"
ASSETS = ("docs/css/colours.css", "docs/css/goals.css", "docs/js/goals.js")
RUN_MS, SETTLED_MS = 40_000, 2_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> TinyChecks:
    """Return a small workbook with two checks of step 03, a page for it, and a `work/`."""
    tiny = make_tiny_checks(tmp_path_factory.mktemp("panel") / "small workbook")
    tiny.write(CHECKS)
    tiny.begin_work()
    assets = {name: (ROOT / name).read_text(encoding="utf-8") for name in ASSETS}
    tiny.small.write({"mkdocs.yml": SETTINGS, "docs/03-third.md": STEP} | assets, below=".")
    return tiny


@pytest.fixture
def tiny(made: TinyChecks) -> TinyChecks:
    """Return it with neither check holding, and nothing remembered."""
    save(made, "nothing")
    (made.root / ".workbook" / "progress.json").unlink(missing_ok=True)
    return made


@pytest.fixture
def guide(tiny: TinyChecks) -> Iterator[LiveGuide]:
    """Serve its guide."""
    with live_guide(tiny.small) as running:
        yield running


@pytest.fixture
def page(chromium: Browser, tiny: TinyChecks, guide: LiveGuide) -> Iterator[Page]:
    """Open the step's page, whose panel is there."""
    with step_page(chromium, guide, viewport={"width": 1200, "height": 800}) as opened:
        expect(line_of(opened)).to_contain_text("not checked yet")
        yield opened


@contextmanager
def step_page(chromium: Browser, guide: LiveGuide, **options: Any) -> Iterator[Page]:
    """Open the step's page in a browser of its own, with these options of its context."""
    with chromium.new_context(**options) as context:
        page = context.new_page()
        page.goto(f"{guide.url}03-third.html")
        yield page


def panel_of(page: Page) -> Locator:
    return page.get_by_role("complementary", name="What the checks say about your project")


def line_of(page: Page) -> Locator:
    """Return the line that is there while the panel is closed."""
    return panel_of(page).locator("summary")


def open_panel(page: Page) -> None:
    line_of(page).click()
    expect(panel_of(page).get_by_role("button", name="Check now")).to_be_visible()


def run_in_a_terminal(page: Page, tiny: TinyChecks) -> None:
    """Run the checks, of which none holds, and wait until the page shows what they found."""
    tiny.run()
    expect(line_of(page)).to_contain_text("0 of 2 hold · The first holds")


def save(tiny: TinyChecks, text: str) -> None:
    tiny.small.write({"status/views.py": text})


def save_until(page: Page, tiny: TinyChecks, text: str, line: str) -> None:
    """Save, and wait until the panel's line says what the checks found then."""
    save(tiny, text)
    expect(line_of(page)).to_contain_text(line, timeout=RUN_MS)


def test_check_now_shows_the_first_cross_and_leads_to_its_section(page: Page) -> None:
    expect(panel_of(page).get_by_role("button")).to_have_count(0)
    open_panel(page)
    panel_of(page).get_by_role("button", name="Check now").click()
    expect(line_of(page)).to_contain_text("0 of 2 hold · The first holds", timeout=RUN_MS)
    expect(panel_of(page)).to_contain_text("no first")
    panel_of(page).get_by_role("link", name="03, Poll the view").click()
    expect(page).to_have_url(re.compile(r"/03-third\.html#poll-the-view$"))


def test_a_hint_is_what_the_tool_says(page: Page, tiny: TinyChecks) -> None:
    run_in_a_terminal(page, tiny)
    open_panel(page)
    panel_of(page).get_by_role("button", name="Hint").click()
    hint = panel_of(page).get_by_role("region", name="Hint")
    expect(hint).to_contain_text("✗ The first holds", timeout=RUN_MS)


def test_a_hint_is_asked_for_once_however_often_its_button_is_pressed(
    page: Page, tiny: TinyChecks
) -> None:
    run_in_a_terminal(page, tiny)
    open_panel(page)
    asked: list[Route] = []
    page.route("**/-/hint*", lambda route: asked.append(route))
    for _ in range(3):
        panel_of(page).get_by_role("button", name="Hint").click()
    hint = panel_of(page).get_by_role("region", name="Hint")
    expect(hint).to_have_text("Looking for a hint …")
    (only,) = asked
    only.fulfill(json={"text": "The idea"})
    expect(hint).to_have_text("The idea")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"status": 409, "json": {"problem": "There is no work/ yet."}}, "There is no work/ yet."),
        (
            {"status": 403, "body": "The page is older: load it again.\n"},
            "The page is older: load it",
        ),
        ({"status": 500, "body": "Internal Server Error"}, "The guide did not answer."),
        (None, "The guide did not answer."),
    ],
)
def test_what_the_guide_refuses_is_shown_and_told_in_its_own_sentence(
    page: Page, answer: dict[str, Any] | None, said: str
) -> None:
    open_panel(page)
    page.route("**/-/check*", lambda route: route.fulfill(**answer) if answer else route.abort())
    panel_of(page).get_by_role("button", name="Check now").click()
    expect(panel_of(page).get_by_role("region", name="Hint")).to_contain_text(said)
    expect(panel_of(page).locator("[aria-live]")).to_contain_text(said)


def test_a_hint_is_announced_and_not_read_out(page: Page) -> None:
    open_panel(page)
    page.route("**/-/hint*", lambda route: route.fulfill(json={"text": "A long hint"}))
    panel_of(page).get_by_role("button", name="Hint").click()
    expect(panel_of(page).get_by_role("region", name="Hint")).to_have_text("A long hint")
    heard = panel_of(page).locator("[aria-live]")
    expect(heard).to_have_text("The hint is below the buttons.")


def test_a_step_goes_from_red_to_green_by_saves_alone(page: Page, tiny: TinyChecks) -> None:
    heard = panel_of(page).locator("[aria-live]")
    save_until(page, tiny, "something", "0 of 2 hold · The first holds")
    expect(heard).to_have_text("Not yet: The first holds")
    page.evaluate("""() => {
        window.changes = 0;
        const news = document.querySelector(".live-panel [aria-live]");
        new MutationObserver(() => window.changes++).observe(news, {childList: true});
    }""")
    save_until(page, tiny, "second", "1 of 2 hold · The first holds")
    assert page.evaluate("window.changes") == 0
    save(tiny, "first")
    expect(heard).to_have_text("Not yet: The second holds", timeout=RUN_MS)
    save_until(page, tiny, "first second", "Step 03: 2 of 2 hold")
    expect(panel_of(page).get_by_role("img", name="Done")).to_be_visible()
    # What was checked before is answered from memory, and said of the files as they are.
    save_until(page, tiny, "first", "1 of 2 hold · The second holds")
    open_panel(page)
    expect(panel_of(page)).to_contain_text("It held before.")


def test_while_a_check_goes_on_what_the_last_one_found_is_called_so(
    page: Page, tiny: TinyChecks
) -> None:
    run_in_a_terminal(page, tiny)
    open_panel(page)
    former = panel_of(page).get_by_text("The last check found:")
    expect(former).to_be_hidden()
    save(tiny, "slow first")
    expect(former).to_be_visible(timeout=RUN_MS)
    expect(line_of(page)).to_contain_text("1 of 2 hold · The second holds", timeout=RUN_MS)
    expect(former).to_be_hidden()


def test_goals_tick_themselves_but_for_those_that_held_before(page: Page, tiny: TinyChecks) -> None:
    def ticked() -> list[bool]:
        return [box.is_checked() for box in page.get_by_role("checkbox").all()]

    save_until(page, tiny, "second", "1 of 2 hold")
    assert ticked() == [False, False, False]
    save(tiny, "first second")
    expect(page.get_by_role("checkbox", name="The first goal.")).to_be_checked(timeout=RUN_MS)
    expect(line_of(page)).to_contain_text("2 of 2 hold", timeout=RUN_MS)
    assert ticked() == [True, False, False]
    own = page.get_by_role("listitem").filter(has_text="yours to tick")
    expect(own).to_have_text(re.compile("A goal without a check"))
    page.reload()
    expect(line_of(page)).to_contain_text("2 of 2 hold")
    assert ticked() == [True, False, False]


def test_the_section_that_a_cross_names_has_a_mark_until_it_holds(
    page: Page, tiny: TinyChecks
) -> None:
    heading = page.get_by_role("heading", name="Poll the view")
    place = heading.bounding_box()
    tiny.run()
    expect(heading.get_by_role("img", name="Not yet: The first holds")).to_have_count(1)
    assert heading.bounding_box() == place
    save(tiny, "first second")
    tiny.run()
    expect(page.get_by_role("img", name="Not yet")).to_have_count(0, timeout=RUN_MS)


def test_the_first_page_shows_the_whole_way(page: Page, tiny: TinyChecks) -> None:
    run_in_a_terminal(page, tiny)
    page.goto(page.url.partition("03-third")[0])
    way = page.get_by_role("complementary", name="How far you are")
    expect(way.locator("summary")).to_contain_text("0 of 3 steps done · next:")
    way.locator("summary").click()
    third = way.get_by_role("listitem").nth(2)
    expect(third).to_contain_text("Third: 0 of 2 hold")
    assert faults_in_panel(page) == []
    third.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/03-third\.html$"))


def test_a_terminal_that_watches_spares_the_guide_a_watcher(
    page: Page, tiny: TinyChecks, guide: LiveGuide
) -> None:
    with tool_run(tiny.small, "check", "03", "--watch") as terminal:
        terminal.wait_for("0 of 2 hold")
        save(tiny, "first")
        terminal.wait_for("1 of 2 hold")
        expect(line_of(page)).to_contain_text("1 of 2 hold · The second holds", timeout=RUN_MS)
        assert not any("--events" in words for words in guide.tool.command_lines())
    save_until(page, tiny, "second", "1 of 2 hold · The first holds")
    assert any("--events" in words for words in guide.tool.command_lines())


def test_a_worker_that_runs_old_code_is_told_until_it_is_ended(
    page: Page, tiny: TinyChecks
) -> None:
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    worker = subprocess.Popen([*sleep, "celery", "-A", "config", "worker"], cwd=tiny.small.work)
    try:
        page.wait_for_timeout(1_200)  # two clocks are involved
        tiny.small.write({"status/tasks.py": ""})
        told = "2 of 2 hold · a process of yours runs old code"
        save_until(page, tiny, "first second", told)
        open_panel(page)
        expect(panel_of(page)).to_contain_text(f"Your own worker (process {worker.pid})")
    finally:
        worker.kill()
        worker.wait()
    expect(panel_of(page)).not_to_contain_text("old code", timeout=RUN_MS)


def test_two_tabs_show_the_same(page: Page, tiny: TinyChecks) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    save(tiny, "first")
    for one in (page, other):
        expect(line_of(one)).to_contain_text("1 of 2 hold · The second holds", timeout=RUN_MS)


def test_a_laptop_that_slept_is_told_that_it_is_cut_off_and_finds_its_way_back(
    chromium: Browser, tiny: TinyChecks, guide: LiveGuide
) -> None:
    with chromium.new_page() as page:
        page.clock.install()
        page.goto(f"{guide.url}03-third.html")
        run_in_a_terminal(page, tiny)
        open_panel(page)
        link = panel_of(page).get_by_role("link", name="03, Poll the view")
        link.focus()
        server = next(one for one in guide.processes() if "docs_ext.live" in one.cmdline())
        server.suspend()  # its connections stay open, and say nothing
        try:
            page.clock.fast_forward(60_000)
            expect(line_of(page)).to_contain_text("Cut off")
            expect(link).to_be_focused()
        finally:
            server.resume()
        page.clock.run_for(15_000)
        expect(line_of(page)).to_contain_text("The first holds", timeout=20_000)
        expect(link).to_be_focused()


def test_open_takes_the_reader_to_the_file(
    chromium: Browser, tiny: TinyChecks, tmp_path: Path
) -> None:
    write_files(tmp_path, {"code": '#!/bin/sh\necho "$@" > "$0.new"; mv "$0.new" "$0.told"'})
    (tmp_path / "code").chmod(0o755)
    path = os.pathsep.join((str(tmp_path), os.environ["PATH"]))
    with live_guide(tiny.small, PATH=path) as guide, step_page(chromium, guide) as page:
        run_in_a_terminal(page, tiny)
        open_panel(page)
        panel_of(page).get_by_role("button", name="Open status/views.py").click()
        told = tmp_path / "code.told"
        assert wait_until(told.exists, 10, 0.05)
    assert told.read_text(encoding="utf-8") == f"--goto {tiny.small.work}/status/views.py:1\n"


def test_without_an_editor_nothing_offers_to_open(page: Page, tiny: TinyChecks) -> None:
    tiny.run()
    open_panel(page)
    expect(panel_of(page)).to_contain_text("no first")
    expect(panel_of(page).get_by_role("button", name="Open")).to_have_count(0)


def test_a_page_of_no_step_starts_no_checks(
    chromium: Browser, tiny: TinyChecks, guide: LiveGuide
) -> None:
    with chromium.new_page() as page:
        with page.expect_response(lambda answer: "/-/events" in answer.url):
            page.goto(guide.url)
        save(tiny, "first")
        page.wait_for_timeout(SETTLED_MS)
        assert not any("checks.watch" in words for words in guide.tool.command_lines())


def test_ctrl_c_leaves_nothing_of_the_watcher(
    page: Page, tiny: TinyChecks, guide: LiveGuide
) -> None:
    save_until(page, tiny, "first", "1 of 2 hold")
    started = guide.processes()
    assert any("checks.watch" in words for words in guide.tool.command_lines())
    os.killpg(guide.process.pid, signal.SIGINT)
    assert guide.process.wait(timeout=20) == 0
    assert wait_until(lambda: not any(one.is_running() for one in started), 5, 0.05)
    assert not list((tiny.root / ".workbook" / "runs").iterdir())


def test_a_killed_guide_takes_its_watcher_along(
    page: Page, tiny: TinyChecks, guide: LiveGuide
) -> None:
    save_until(page, tiny, "first", "1 of 2 hold")
    started = guide.processes()
    server = next(one for one in started if "docs_ext.live" in one.cmdline())
    assert any("checks.watch" in words for words in guide.tool.command_lines())
    server.kill()
    gone = (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    assert wait_until(
        lambda: not any(one.is_running() and one.status() not in gone for one in started), 20, 0.1
    )


def test_nothing_moves_above_the_place_where_one_reads(page: Page, tiny: TinyChecks) -> None:
    place = page.get_by_role("heading", name="Poll the view")
    place.scroll_into_view_if_needed()
    before = place.bounding_box()
    run_in_a_terminal(page, tiny)
    open_panel(page)
    assert place.bounding_box() == before


def test_the_panel_is_opened_by_the_keyboard(page: Page) -> None:
    line_of(page).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(panel_of(page).get_by_role("button", name="Check now")).to_be_focused()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1200, "dark")])
def test_axe_finds_nothing_and_it_fits(
    chromium: Browser, tiny: TinyChecks, guide: LiveGuide, scheme: str, width: int
) -> None:
    size = {"width": width, "height": 700}
    with step_page(chromium, guide, viewport=size, color_scheme=scheme) as page:
        run_in_a_terminal(page, tiny)
        assert faults_in_panel(page) == []
        open_panel(page)
        assert faults_in_panel(page) == []
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def faults_in_panel(page: Page) -> list[str]:
    """Return what axe finds wrong with the panel as it is now."""
    marked = [[":has(> .live-place)"]] if page.locator(".live-place").count() else []
    found = Axe().run(page, context={"include": [[".live-panel"], *marked]}).response
    assert found["passes"]
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:100]}" for fault in found["violations"]]


def test_what_has_the_focus_or_is_selected_stays_so_while_checks_go_on(
    page: Page, tiny: TinyChecks
) -> None:
    run_in_a_terminal(page, tiny)
    open_panel(page)
    link = panel_of(page).get_by_role("link", name="03, Poll the view")
    link.focus()
    save_until(page, tiny, "second", "1 of 2 hold · The first holds")
    expect(link).to_be_focused()
    check = panel_of(page).get_by_role("button", name="Check now")
    check.focus()
    # A run may be over before anyone has looked.
    page.evaluate("""() => {
        const panel = document.querySelector(".live-panel");
        window.wasDisabled = false;
        new MutationObserver(() => {
            window.wasDisabled ||= panel.querySelector("button[aria-disabled=true]") !== null;
        }).observe(panel, {attributes: true, subtree: true});
    }""")
    page.keyboard.press("Enter")
    page.wait_for_function("window.wasDisabled", timeout=RUN_MS)
    expect(line_of(page)).to_contain_text("1 of 2 hold", timeout=RUN_MS)
    expect(check).to_be_focused()


def test_without_work_nothing_is_started_until_it_is_there(
    chromium: Browser, tiny: TinyChecks
) -> None:
    away = tiny.small.work.rename(tiny.root / "away")
    try:
        with live_guide(tiny.small) as guide, step_page(chromium, guide) as page:
            expect(line_of(page)).to_contain_text("There is no work/ yet. Begin: start 03")
            goal = page.get_by_role("checkbox", name="A goal without a check.")
            page.get_by_text("A goal without a check.").click()
            expect(goal).to_be_checked()
            open_panel(page)
            panel_of(page).get_by_role("button", name="Check now").click(force=True)
            page.wait_for_timeout(SETTLED_MS)
            assert not any("checks.watch" in words for words in guide.tool.command_lines())
            away.rename(tiny.small.work)
            expect(line_of(page)).to_contain_text("0 of 2 hold", timeout=RUN_MS)
    finally:
        if away.exists():
            away.rename(tiny.small.work)


def test_without_scripts_a_page_is_plain(
    chromium: Browser, tiny: TinyChecks, guide: LiveGuide
) -> None:
    with step_page(chromium, guide, java_script_enabled=False) as page:
        expect(page.get_by_role("heading", name="Third")).to_be_visible()
        expect(panel_of(page)).to_have_count(0)


def test_a_guide_that_is_started_again_is_found_again(chromium: Browser, tiny: TinyChecks) -> None:
    with chromium.new_page() as page:
        with live_guide(tiny.small) as first:
            page.goto(f"{first.url}03-third.html")
            expect(line_of(page)).to_contain_text("not checked yet")
            first.process.terminate()
            first.process.wait(timeout=20)
            expect(line_of(page)).to_contain_text("Cut off", timeout=20_000)
        with live_guide(tiny.small, first.port):
            expect(line_of(page)).to_contain_text("not checked yet", timeout=20_000)
            open_panel(page)
            # With the token of the second start, and without loading the page again.
            panel_of(page).get_by_role("button", name="Check now").click()
            expect(line_of(page)).to_contain_text("The first holds", timeout=RUN_MS)
