"""Troubleshooting's entries about a worker's pool, time and results, each of them brought about."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.edited_projects import Appending, Edit
from tests.support.examples import ExampleProject, log_text
from tests.support.tool_process import wait_until
from tests.support.troubleshooting import literal, running_worker, troubled_project
from workbook.projects.steps import find_step
from workbook.redis_server.server import private_redis

TASKS = """
import sys
import time

from celery import shared_task


@shared_task
def colours():
    return {"red", "blue"}


@shared_task
def leave():
    sys.exit()


@shared_task(time_limit=1)
def hard():
    time.sleep(3)
    return "did it all"


@shared_task(soft_time_limit=1)
def soft():
    time.sleep(3)
    return "did it all"


@shared_task
def long():
    time.sleep(3)
    return "did it all"


@shared_task
def later():
    return "done"
"""
FRAGMENT = "templates/status/partials/task.html"
# What Redis' transport does every 100 seconds by default, it does five times a second here.
VISIBILITY = """
CELERY_BROKER_TRANSPORT_OPTIONS |= {
    'visibility_timeout': int(config('SECONDS')),
    'unacked_restore_interval': 0.2,
    'unacked_restore_throttle': 1,
}
"""
EDITS: tuple[Edit, ...] = (
    Appending("status/tasks.py", TASKS),
    Appending("config/settings.py", VISIBILITY),
)
# Each is sent, one of them is revoked while it works; then all that will end have ended.
SENT = """
import json, time
from status import tasks
names = ("colours", "hard", "soft", "long", "leave")
sent = {name: getattr(tasks, name).delay() for name in names}
time.sleep(1)
sent["long"].revoke(terminate=True)
time.sleep(4)
print(json.dumps({name: [one.state, str(one.result)] for name, one in sent.items()}))
"""
COUNTDOWN_SECONDS = 3
LATER = f"""
import time
from status.tasks import later
print(later.apply_async(countdown={COUNTDOWN_SECONDS}).id)
time.sleep({COUNTDOWN_SECONDS} + 1)
"""


@dataclass(frozen=True)
class Outcome:
    """What became of the tasks of SENT: their states and results by name, and the worker's log."""

    tasks: dict[str, tuple[str, str]]
    log: str


def outcome_on(pool: str, folder: Path) -> Outcome:
    """Send the tasks of SENT to a worker on `pool`, and return what became of them."""
    with private_redis() as redis:
        project = troubled_project(folder, *EDITS, redis_url=redis.url, SECONDS="3600")
        with running_worker(project, pool) as log:
            told = json.loads(project.says(SENT))
            return Outcome({name: tuple(pair) for name, pair in told.items()}, log_text(log))


@pytest.fixture(scope="module")
def on_threads(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return outcome_on("threads", tmp_path_factory.mktemp("threads") / "project")


@pytest.fixture(scope="module")
def on_gevent(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return outcome_on("gevent", tmp_path_factory.mktemp("gevent") / "project")


def test_a_returned_set_makes_a_failure(on_threads: Outcome) -> None:
    assert literal("result-not-json").search(on_threads.log)
    assert on_threads.tasks["colours"][0] == "FAILURE"
    assert "Object of type set is not JSON serializable" in on_threads.tasks["colours"][1]


def test_a_thread_cannot_be_terminated(on_threads: Outcome) -> None:
    assert literal("kill-job").search(on_threads.log)
    assert on_threads.tasks["long"] == ("SUCCESS", "did it all")


@pytest.mark.parametrize("name", ["hard", "soft"])
def test_a_thread_has_no_time_limit(on_threads: Outcome, name: str) -> None:
    assert on_threads.tasks[name] == ("SUCCESS", "did it all")
    assert "time limit" not in on_threads.log.lower()


def test_on_gevent_a_task_is_ended_but_not_by_its_soft_limit(on_gevent: Outcome) -> None:
    assert on_gevent.tasks["long"][0] == "REVOKED"
    assert on_gevent.tasks["hard"] == ("FAILURE", "TimeLimitExceeded(1,)")
    assert on_gevent.tasks["soft"] == ("SUCCESS", "did it all")


@pytest.mark.parametrize("pool", ["threads", "gevent"])
def test_a_task_that_exits_is_started_for_ever(pool: str, request: pytest.FixtureRequest) -> None:
    outcome: Outcome = request.getfixturevalue(f"on_{pool}")
    assert outcome.tasks["leave"][0] == "STARTED"
    logged = literal("started-for-ever", "SystemExit").search(outcome.log)
    assert bool(logged) == (pool == "gevent")


def test_the_page_of_step_03_shows_what_the_entry_is_headed() -> None:
    markup = (find_step("03").folder / FRAGMENT).read_text(encoding="utf-8")
    assert literal("started-for-ever").search(re.sub(r"<[^>]+>", "", markup))


@pytest.mark.long  # the page's way out: no entry's text comes from it
def test_on_prefork_limits_and_revoking_and_exits_have_an_effect(tmp_path: Path) -> None:
    tasks = outcome_on("prefork", tmp_path / "project").tasks
    assert {name: tasks[name][0] for name in ("long", "hard", "soft", "leave")} == {
        "long": "REVOKED",
        "hard": "FAILURE",
        "soft": "FAILURE",
        "leave": "FAILURE",
    }


@pytest.fixture
def with_timeout(tmp_path: Path) -> Iterator[ExampleProject]:
    """Return a project whose Redis gives up on a message after SECONDS, which a test sets."""
    with private_redis() as redis:
        yield troubled_project(tmp_path / "project", *EDITS, redis_url=redis.url, SECONDS="1")


@pytest.mark.parametrize(
    ("seconds", "often"), [(1, True), pytest.param(10, False, marks=pytest.mark.long)]
)
def test_a_countdown_beyond_the_visibility_timeout_is_done_more_than_once(
    with_timeout: ExampleProject, seconds: int, often: bool
) -> None:
    with_timeout.variables["SECONDS"] = str(seconds)
    with running_worker(with_timeout, "threads") as log:
        task_id = with_timeout.says(LATER)
        done = f"status.tasks.later[{task_id}] succeeded"
        wait_until(lambda: done in log_text(log), 20, lambda: log_text(log))
        assert (log_text(log).count(done) > 1) == often
        received = literal("received-again").findall(log_text(log))
        assert (sum(task_id in line for line in received) > 1) == often
