"""Step 05: a task speaks to every page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Error

from checks.step_05.crowd import (
    WATCH_SECONDS,
    test_a_late_visitor_is_told,
    test_a_run_keeps_the_interval,
    test_all_share_one_run,
    test_five_visitors_see_the_run,
    test_five_visitors_stay_connected,
    test_other_tasks_end_well,
    test_the_worker_logs_no_error,
)
from checks.step_05.sending import (
    test_a_claim_is_given_back,
    test_a_held_up_task_holds_up_nobody_else,
)
from checks.step_05.settings import (
    test_the_cache_is_shared,
    test_the_interval_follows_the_environment,
    test_the_worker_knows_the_task,
)
from checks.step_05.upheaval import (
    test_a_call_by_hand_reaches_the_page,
    test_a_killed_run_frees_its_claim,
    test_a_run_outlives_a_restart_of_redis,
)
from checks.support.ground import (
    test_django_loads_your_project,
    test_no_migration_is_missing,
    test_the_processes_start,
)
from checks.support.later import Later
from checks.support.live_page import LivePage
from checks.support.project import Project
from checks.support.runs import STATUSES, Crowd, watch
from checks.support.sockets import Sockets, opened_sockets
from checks.support.stalled import Stalled, lay_copy, stall
from checks.support.verdict import CannotTell, NotYet, check
from workbook.chromium import find_chromium

__all__ = [
    "test_a_call_by_hand_reaches_the_page",
    "test_a_claim_is_given_back",
    "test_a_held_up_task_holds_up_nobody_else",
    "test_a_killed_run_frees_its_claim",
    "test_a_late_visitor_is_told",
    "test_a_run_keeps_the_interval",
    "test_a_run_outlives_a_restart_of_redis",
    "test_all_share_one_run",
    "test_django_loads_your_project",
    "test_five_visitors_see_the_run",
    "test_five_visitors_stay_connected",
    "test_no_migration_is_missing",
    "test_other_tasks_end_well",
    "test_the_cache_is_shared",
    "test_the_interval_follows_the_environment",
    "test_the_processes_start",
    "test_the_worker_knows_the_task",
    "test_the_worker_logs_no_error",
]

BROWSER_SECONDS = 6


@pytest.fixture(scope="package")
def sockets() -> Iterator[Sockets]:
    """Return what opens websockets."""
    with opened_sockets() as opened:
        yield opened


@pytest.fixture(scope="package")
def crowd(project: Project, sockets: Sockets, request: pytest.FixtureRequest) -> Later[Crowd]:
    """Watch five visitors at once, beside the other checks."""
    project.running()
    if any("stalled" in item.fixturenames for item in request.session.items):
        request.getfixturevalue("stalled")
    return Later(lambda: watch(project, sockets))


@pytest.fixture(scope="package")
def stalled(project: Project) -> Later[Stalled]:
    """Look at a web process whose tasks can't be sent, beside the other checks."""
    folder = lay_copy(project.running())
    return Later(lambda: stall(project, folder))


@pytest.fixture(scope="package")
def after_the_run(crowd: Later[Crowd], request: pytest.FixtureRequest) -> Crowd:
    """Return what the crowd saw, once its run is over: only now may others come."""
    seen = crowd.result(WATCH_SECONDS)
    if any("live_page" in item.fixturenames for item in request.session.items):
        request.getfixturevalue("live_page")
    return seen


@pytest.fixture(scope="package")
def live_page(project: Project, crowd: Later[Crowd]) -> Iterator[LivePage | None]:
    """Open the page in a real browser, where there is one, after the crowd's run."""
    crowd.result(WATCH_SECONDS)
    executable = find_chromium()
    page = LivePage(executable, f"{project.url}/live/") if executable else None
    yield page
    if page:
        page.close()


@check(
    "In a real browser the text changes by itself",
    after=(test_five_visitors_see_the_run,),
)
def test_a_browser_shows_the_run(live_page: LivePage | None) -> None:
    if live_page is None:
        raise CannotTell("there is no Chromium, Chrome or Edge on this machine: install one")
    try:
        live_page.loaded()
    except Error as error:
        raise CannotTell(f"the browser failed: {error.message.splitlines()[0]}") from error
    shown = all(live_page.shows(text, BROWSER_SECONDS) for text in STATUSES)
    if not shown or live_page.loads > 1:
        texts = ", ".join(f"“{text}”" for text in live_page.texts)
        raise NotYet(
            done="opened /live/ in a real browser and looked at the element with id=status",
            seen=f"it showed {texts or 'no change'}, with {live_page.loads} loads of the page",
            expected="RUNNING and FINISHED by turns, without a reload",
            open="templates/live.html and status/partials/current_status.html",
            guide="05, Watch two tabs",
            words="\n".join(live_page.problems),
        )
