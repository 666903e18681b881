"""Faults 2 and 3: Redis restarts, or forgets everything, under a lesson robust that runs."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis
from playwright.sync_api import Browser, Page, expect

from checks.clients.http_client import visiting
from checks.clients.websocket_client import Refused, Sockets
from checks.harness.project import INTERVAL_SECONDS, Project
from tests.faults.running_project import lives, polls_until, post
from tests.faults.thresholds import BOUNDS, Figures
from tests.support.edited_projects import Edit
from tests.support.skip_markers import CHROMIUM, REDIS_SERVER
from tests.support.tool_process import wait_until

pytestmark = [REDIS_SERVER, CHROMIUM]

ROLES = ("web", "worker", "beat")
AWAY_SECONDS, BACK_SECONDS = 1.5 * INTERVAL_SECONDS, BOUNDS["restarted"].most
# The layer complains once a second, until Redis is back; and it may take a second to see it.
COMPLAINTS = "Unexpected exception in receive task"
QUIET_SECONDS = 3
UNKNOWN = "/ws/other"
# What ends a consumer or a task with a traceback in the log.
ENDED = re.compile(r"Exception inside application|raised unexpected|Internal Server Error")
CURES = (
    # A visitor's try ends with a traceback in the log of the server,
    Edit("status/consumers.py", "except (OperationalError, RedisError):", "except EOFError:"),
    # a status that can't be sent ends the task,
    Edit("status/tasks.py", "            except RedisError:", "            except EOFError:"),
    # and so does a lock that can't be released.
    Edit("status/tasks.py", "with suppress(RedisError):", "with suppress(EOFError):"),
    # An unknown path has no route,
    Edit("status/routing.py", "    re_path('', refuse),\n", ""),
    # A run that does not take a forgotten lock again takes itself for a second one.
    Edit("status/tasks.py", "return lock.acquire(blocking=False)", "return False"),
)


@pytest.fixture(scope="module")
def page(step: Project, chromium: Browser) -> Iterator[Page]:
    """Open the live page in a browser, before anything happens."""
    with chromium.new_page() as page:
        page.goto(f"{step.url}/live/")
        expect(status_of(page)).to_have_text("RUNNING", timeout=60_000)
        yield page


def test_restart_between_runs(step: Project, page: Page, sockets: Sockets, figure: Figures) -> None:
    await_end_of_run(step)
    with watched(step), redis_away(step):
        time.sleep(AWAY_SECONDS)
        knock(step, sockets)
    figure("restarted", told_after(page, step, sockets))


def test_restart_amid_a_run(step: Project, page: Page, sockets: Sockets, figure: Figures) -> None:
    begin_run(step, page, sockets)
    with watched(step), redis_away(step):
        time.sleep(AWAY_SECONDS)
    figure("restarted", told_after(page, step, sockets))


def test_unknown_path_in_the_outage(step: Project, sockets: Sockets) -> None:
    with watched(step), redis_away(step), pytest.raises(Refused) as refused:
        sockets.open(step.url, path=UNKNOWN)
    assert refused.value.status == 403


def test_run_that_ends_in_the_outage(step: Project, page: Page, sockets: Sockets) -> None:
    begin_run(step, page, sockets)
    with watched(step), redis_away(step):
        time.sleep(5 * INTERVAL_SECONDS)
    await_end_of_run(step)
    told_after(page, step, sockets)


def test_redis_forgets_amid_a_run(
    step: Project, page: Page, sockets: Sockets, figure: Figures
) -> None:
    begin_run(step, page, sockets)
    with watched(step):
        forget(step)
        # The run takes its lock again. A task that relied on it would end here.
        figure("forgotten", told_after(page, step))
        await_end_of_run(step)
        told_after(page, step, sockets)
        with visiting(step.url) as visitor:
            [task_id] = post(visitor).task_ids()
            polls_until(visitor, task_id, "SUCCESS", 60)


@contextmanager
def redis_away(step: Project) -> Iterator[None]:
    """Keep Redis away inside the block; what it held is forgotten."""
    step.redis.stop()
    try:
        yield
    finally:
        step.redis.start()


@contextmanager
def watched(step: Project) -> Iterator[None]:
    """Assert that the processes live on through the block, and fill no log with tracebacks."""
    places = {role: step.process(role).log.size() for role in ROLES}
    started = time.monotonic()
    yield
    seconds = time.monotonic() - started
    time.sleep(QUIET_SECONDS)
    said = {role: step.process(role).log.since(places[role]) for role in ROLES}
    assert [role for role in ROLES if not lives(step.process(role))] == []
    assert [line for lines in said.values() for line in lines if ENDED.search(line)] == []
    complaints = sum(COMPLAINTS in line for line in said["web"])
    assert complaints <= seconds + 2, "\n".join(said["web"])


def told_after(page: Page, step: Project, sockets: Sockets | None = None) -> float:
    """Assert that the page is told a status in time; return after how many seconds.

    With `sockets`, another visitor comes each second: where no run goes on, one begins with them.
    """
    page.evaluate("document.getElementById('status').textContent = 'not yet'")
    since = time.monotonic()
    while status_of(page).text_content() == "not yet":
        assert time.monotonic() < since + BACK_SECONDS, step.process("web").log.tail()
        if sockets:
            knock(step, sockets)
        page.wait_for_timeout(1_000)
    return time.monotonic() - since


def begin_run(step: Project, page: Page, sockets: Sockets) -> None:
    """Wait until no run goes on, begin one, and return when the page was told its first status."""
    await_end_of_run(step)
    page.evaluate("document.getElementById('status').textContent = 'not yet'")
    knock(step, sockets)
    expect(status_of(page)).to_have_text("RUNNING", timeout=60_000)


def await_end_of_run(step: Project) -> None:
    """Wait until nobody holds the lock."""
    with redis.Redis.from_url(step.redis.url) as client:
        wait_until(lambda: not client.keys("*status-run"), 60, lambda: str(client.keys()))


def forget(step: Project) -> None:
    """Empty Redis."""
    with redis.Redis.from_url(step.redis.url) as client:
        client.flushall()


def knock(step: Project, sockets: Sockets) -> None:
    """Be another visitor, who may be turned away."""
    try:
        sockets.open(step.url)
    except Refused as refused:
        assert refused.status in (0, 403), refused.seen


def status_of(page: Page):
    return page.locator("#status")
