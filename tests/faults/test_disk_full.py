"""Fault 11: the disk is full, for the server or for the worker."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from checks.support.launching import Launched
from checks.support.project import Project
from checks.support.visitor import Visitor, visiting
from tests.faults.stage import lives, pids, polls_until, post, running
from tests.support.learners import Edit
from tests.support.needs import REDIS_SERVER

pytestmark = REDIS_SERVER

# No file may grow beyond this, as on a full disk. The database is larger from the start.
FULL = 4_096
SILENT, SILENT_SECONDS, DONE_SECONDS = "Is the worker running?", 30, 60
# As on a server: with DEBUG on, the error page is a traceback by design.
ON_A_SERVER = (
    Edit("config/settings.py", "DEBUG = config('DEBUG', default=True, cast=bool)", "DEBUG = False"),
    Edit("config/settings.py", "= config('SECRET_KEY')", "= 'a long random text of our own'"),
    Edit("config/settings.py", "config('ALLOWED_HOSTS', default='', cast=Csv())", "['127.0.0.1']"),
)
# Without Django's own error page, and without the page's question, a visitor reads a traceback, or
# waits for ever.
CURES = (
    Edit("config/settings.py", "DEBUG = False", "DEBUG = True"),
    Edit("status/views.py", "SECONDS_WITHOUT_NEWS = 10", "SECONDS_WITHOUT_NEWS = 999"),
)


@pytest.fixture(scope="module")
def step() -> Iterator[Project]:
    with running(5, CURES, ON_A_SERVER) as project:
        yield project


@pytest.fixture
def visitor(step: Project) -> Iterator[Visitor]:
    with visiting(step.url) as visitor:
        yield visitor


@pytest.mark.parametrize("has_been_here", [True, False], ids=["a known visitor", "a new one"])
def test_a_server_without_space_answers_with_an_error_loses_nothing_and_goes_on_after(
    step: Project, visitor: Visitor, has_been_here: bool
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
        # The session can't be stored. Of one that is there Django says that it was interrupted.
        assert answer.status == (400 if has_been_here else 500), answer.seen
        assert "Traceback" not in answer.text
        assert len(answer.words) < 300, answer.words
        assert "SUCCESS" in other.get(f"/check-status/{stored}/").words
    [task_id] = post(visitor).task_ids()
    polls_until(visitor, task_id, lambda words: "SUCCESS" in words, DONE_SECONDS)


def test_a_worker_without_space_is_asked_for_and_goes_on_after(
    step: Project, visitor: Visitor
) -> None:
    before = finished(step)
    with full_disk(step.process("worker")):
        [task_id] = post(visitor).task_ids()
        # Its results can't be stored: to the page it is as if nobody worked on it.
        polls_until(visitor, task_id, lambda words: SILENT in words, SILENT_SECONDS)
    assert lives(step.process("worker"))
    assert before <= finished(step)
    [task_id] = post(visitor).task_ids()
    polls_until(visitor, task_id, lambda words: "SUCCESS" in words, DONE_SECONDS)


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
