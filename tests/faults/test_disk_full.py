"""Fault 11: the disk is full, for the server or for the worker."""

import resource
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Browser, expect

from checks.clients.http_client import Answer, Visitor, visiting
from checks.harness.project import Project
from checks.harness.server_process import Launched
from tests.faults.running_project import limited, lives, polls_until, post, running
from tests.faults.thresholds import Figures
from tests.support.edited_projects import Edit
from tests.support.skip_markers import CHROMIUM, REDIS_SERVER

pytestmark = REDIS_SERVER

# No file may grow beyond this, as on a full disk. The database is larger from the start.
FULL = 4_096
WAITING, WAITING_SECONDS, DONE_SECONDS = "Is one running?", 30, 60
# As on a server: with DEBUG on, Django's own error page is a traceback by design.
EDITS = (
    Edit("config/settings.py", "DEBUG = True", "DEBUG = False"),
    Edit("config/settings.py", "ALLOWED_HOSTS = []", "ALLOWED_HOSTS = ['127.0.0.1']"),
)
# Left to itself Django stores the session after the view, where nobody can say anything in words,
CURES = (
    Edit("status/views.py", "        request.session.save()\n", "        pass\n"),
    # a row that can't be stored is an error of the view,
    Edit(
        "status/views.py",
        "        return render(request, 'status/partials/not_stored.html', status=503)",
        "        raise",
    ),
    # and the page of a task that nobody works on asks for no worker.
    Edit("templates/status/partials/task.html", " Is one running?", ""),
)
IN_WORDS = "can’t be stored"
HAS_BEEN_HERE = pytest.mark.parametrize(
    "has_been_here", [True, False], ids=["has sent a task", "has opened the page"]
)


@pytest.fixture(scope="module")
def on_a_laptop() -> Iterator[Project]:
    """Run it with DEBUG on: then runserver serves htmx as well."""
    with running("robust", CURES) as project:
        yield project


@HAS_BEEN_HERE
def test_web_without_space(
    step: Project, visitor: Visitor, has_been_here: bool, figure: Figures
) -> None:
    with visiting(step.url) as other:
        [stored] = post(other).task_ids()
        polls_until(other, stored, "SUCCESS", DONE_SECONDS)
        post(visitor) if has_been_here else visitor.get("/")
        with full_disk(step.process("web")):
            answer = post(visitor)
            # What needs no space is served as before.
            assert visitor.get("/").status == 200
            assert "SUCCESS" in other.get(f"/check-status/{stored}/").words
        require_said(answer)
        figure("full", answer.seconds)
        assert "SUCCESS" in other.get(f"/check-status/{stored}/").words
    [task_id] = post(visitor).task_ids()
    polls_until(visitor, task_id, "SUCCESS", DONE_SECONDS)


def test_new_visitor_is_told_on_a_page_of_its_own(step: Project, visitor: Visitor) -> None:
    with full_disk(step.process("web")):
        require_said(visitor.get("/"))
    assert visitor.get("/").status == 200
    assert post(visitor).task_ids()


@CHROMIUM
@HAS_BEEN_HERE
def test_web_without_space_in_htmx(
    on_a_laptop: Project, chromium: Browser, has_been_here: bool
) -> None:
    page = chromium.new_page()
    page.goto(on_a_laptop.url)
    task = page.locator("#task")
    if has_been_here:
        page.get_by_role("button").click()
        expect(task).to_contain_text("SUCCESS", timeout=DONE_SECONDS * 1000)
    with full_disk(on_a_laptop.process("web")):
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
        polls_until(visitor, task_id, WAITING, WAITING_SECONDS)
        figure("full worker", time.monotonic() - since)
    assert lives(step.process("worker"))
    assert before <= finished(step)
    [task_id] = post(visitor).task_ids()
    polls_until(visitor, task_id, "SUCCESS", DONE_SECONDS)


def require_said(answer: Answer) -> None:
    """Assert that a person reads what is wrong, and nothing of the code."""
    assert answer.status == 503, answer.seen
    assert IN_WORDS in answer.words
    assert "Traceback" not in answer.text


def full_disk(launched: Launched) -> AbstractContextManager[None]:
    """Let no file of a process grow inside the block: neither its database nor its log."""
    return limited(launched, resource.RLIMIT_FSIZE, FULL)


def finished(step: Project) -> set[str]:
    """Return the ids of the tasks whose results are stored."""
    rows = step.ask("results")["rows"]
    return {row["task_id"] for row in rows if row["status"] == "SUCCESS"}
