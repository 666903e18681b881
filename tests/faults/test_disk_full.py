"""Fault 11: the disk is full, for the server or for the worker."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect

from checks.clients.http_client import Answer, Visitor, visiting
from checks.harness.project import Project
from checks.harness.server_process import Launched
from tests.faults.running_project import lives, pids, polls_until, post, running
from tests.faults.thresholds import Figures
from tests.support.edited_projects import Edit
from tests.support.skip_markers import CHROMIUM, REDIS_SERVER

pytestmark = REDIS_SERVER

# No file may grow beyond this, as on a full disk. The database is larger from the start.
FULL = 4_096
SILENT, SILENT_SECONDS, DONE_SECONDS = "Is the worker running?", 30, 60
# As on a server: with DEBUG on, Django's own error page is a traceback by design.
EDITS = (
    Edit("config/settings.py", "DEBUG = config('DEBUG', default=True, cast=bool)", "DEBUG = False"),
    Edit("config/settings.py", "= config('SECRET_KEY')", "= 'a long random text of our own'"),
    Edit("config/settings.py", "config('ALLOWED_HOSTS', default='', cast=Csv())", "['127.0.0.1']"),
)
# Left to itself Django stores the session after the view, where nobody can say anything in words;
# and without the page's question a visitor waits for ever.
NOT_STORED_HERE = Edit("status/views.py", "        request.session.save()\n", "        pass\n")
CURES = (
    NOT_STORED_HERE,
    Edit("status/views.py", "SECONDS_WITHOUT_NEWS = 10", "SECONDS_WITHOUT_NEWS = 999"),
)
IN_WORDS = "can’t be stored"
KNOWN = pytest.mark.parametrize(
    "has_been_here", [True, False], ids=["a known visitor", "a new one"]
)


@pytest.fixture(scope="module")
def step_02() -> Iterator[Project]:
    with running(2, (NOT_STORED_HERE,), EDITS) as project:
        yield project


@pytest.fixture(scope="module")
def step_03() -> Iterator[Project]:
    with running(3, (NOT_STORED_HERE,)) as project:
        yield project


@KNOWN
def test_web_without_space(
    step: Project, visitor: Visitor, has_been_here: bool, figure: Figures
) -> None:
    with visiting(step.url) as other:
        [stored] = post(other).task_ids()
        polls_until(other, stored, lambda words: "SUCCESS" in words, DONE_SECONDS)
        if has_been_here:
            post(visitor)
        with full_disk(step.process("web")):
            answer = post(visitor)
            # What needs no space is served as before.
            assert visitor.get("/").status == 200
            assert "SUCCESS" in other.get(f"/check-status/{stored}/").words
        require_said(answer)
        figure("full", answer.seconds)
        assert "SUCCESS" in other.get(f"/check-status/{stored}/").words
    [task_id] = post(visitor).task_ids()
    polls_until(visitor, task_id, lambda words: "SUCCESS" in words, DONE_SECONDS)


@KNOWN
def test_step_02_says_it_on_a_page_of_its_own(step_02: Project, has_been_here: bool) -> None:
    with visiting(step_02.url) as visitor:
        if has_been_here:
            visitor.get("/")
            stored = visitor.post("/check-status/").task_ids()
        with full_disk(step_02.process("web")):
            visitor.get("/")
            require_said(visitor.post("/check-status/"))
        page = visitor.get("/")
        assert page.status == 200
        if has_been_here:
            assert page.task_ids() == stored


@CHROMIUM
@KNOWN
def test_web_without_space_in_htmx(
    step_03: Project, chromium: Browser, has_been_here: bool
) -> None:
    page = chromium.new_page()
    page.goto(step_03.url)
    task = page.locator("#task")
    if has_been_here:
        page.get_by_role("button").click()
        expect(task).to_contain_text("SUCCESS", timeout=DONE_SECONDS * 1000)
    with full_disk(step_03.process("web")):
        page.get_by_role("button").click()
        expect(task).to_contain_text(IN_WORDS, timeout=DONE_SECONDS * 1000)
    page.get_by_role("button").click()
    expect(task).to_contain_text("SUCCESS", timeout=DONE_SECONDS * 1000)
    page.close()


def test_worker_without_space(step: Project, visitor: Visitor, figure: Figures) -> None:
    before = finished(step)
    with full_disk(step.process("worker")):
        [task_id] = post(visitor).task_ids()
        # Its results can't be stored: to the page it is as if nobody worked on it.
        since = time.monotonic()
        polls_until(visitor, task_id, lambda words: SILENT in words, SILENT_SECONDS)
        figure("full worker", time.monotonic() - since)
    assert lives(step.process("worker"))
    assert before <= finished(step)
    [task_id] = post(visitor).task_ids()
    polls_until(visitor, task_id, lambda words: "SUCCESS" in words, DONE_SECONDS)


def require_said(answer: Answer) -> None:
    """Assert that a person reads what is wrong, and nothing of the code."""
    assert answer.status == 503, answer.seen
    assert IN_WORDS in answer.words
    assert "Traceback" not in answer.text


@contextmanager
def full_disk(launched: Launched) -> Iterator[None]:
    """Let no file of a process grow inside the block: neither its database nor its log."""
    for pid in pids(launched):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (FULL, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        for pid in pids(launched):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)


def finished(step: Project) -> set[str]:
    """Return the ids of the tasks whose results are stored."""
    rows = step.ask("results")["rows"]
    return {row["task_id"] for row in rows if row["status"] == "SUCCESS"}
