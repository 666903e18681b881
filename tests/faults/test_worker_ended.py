"""Faults 4 and 5: a worker that is asked to end, killed, or not there."""

import time

import redis

from checks.clients.http_client import Visitor
from checks.clients.websocket_client import Sockets
from checks.common.statuses import statuses
from checks.harness.project import INTERVAL_SECONDS, Project
from tests.faults.running_project import ask_to_end, polls_until, post
from tests.faults.thresholds import Figures
from tests.support.edited_projects import Edit
from tests.support.skip_markers import REDIS_SERVER
from tests.support.tool_process import wait_until

pytestmark = REDIS_SERVER

SILENT, WAITING = "Is the worker still running?", "Is one running?"
SILENT_SECONDS, DONE_SECONDS = 30, 60
# Contract: three intervals; and what the first status of a new run may take on a busy machine.
FREED_SECONDS, FIRST_SECONDS = 3 * INTERVAL_SECONDS, 10
# Celery's own cure is to end its tasks first. This worker ends at once instead.
IMPATIENT = """
from celery.signals import worker_ready


@worker_ready.connect
def end_at_once(**more):
    import signal

    signal.signal(signal.SIGTERM, lambda *_: os._exit(1))


celery = """
# Without the first two a page never asks for its worker; without the third a dead run is for ever.
CURES = (
    Edit("status/views.py", "timedelta(seconds=10)", "timedelta(seconds=999)"),
    Edit("templates/status/partials/task.html", " Is one running?", ""),
    Edit("status/tasks.py", "ceil(3 * settings.STATUS_INTERVAL)", "999"),
    Edit("config/celery.py", "\ncelery = ", IMPATIENT),
)


def test_ended_worker_ends_its_tasks(
    step: Project, visitor: Visitor, sockets: Sockets, figure: Figures
) -> None:
    [task_id] = post(visitor).task_ids()
    page = sockets.open(step.url)
    assert page.wait_for(lambda: page.frames, DONE_SECONDS), page.seen
    polls_until(visitor, task_id, "PROGRESS", DONE_SECONDS)
    since = time.monotonic()
    ask_to_end(step.process("worker"))
    figure("asked to end", time.monotonic() - since)
    assert "SUCCESS" in visitor.get(f"/check-status/{task_id}/").words
    assert [row["status"] for row in step.ask("results")["rows"]] == ["SUCCESS"]
    step.restart("worker")


def test_page_of_a_killed_worker(step: Project, visitor: Visitor, figure: Figures) -> None:
    [task_id] = post(visitor).task_ids()
    polls_until(visitor, task_id, "PROGRESS", DONE_SECONDS)
    step.process("worker").kill()
    since = time.monotonic()
    polls_until(visitor, task_id, SILENT, SILENT_SECONDS)
    figure("killed", time.monotonic() - since)
    step.restart("worker")


def test_killed_run_is_followed(step: Project, sockets: Sockets, figure: Figures) -> None:
    page = sockets.open(step.url)
    assert page.wait_for(lambda: page.frames, DONE_SECONDS), page.seen
    step.process("worker").kill()
    killed_at = time.monotonic()
    step.restart("worker")
    since = max(time.monotonic(), killed_at + FREED_SECONDS)
    time.sleep(since - time.monotonic() if since > time.monotonic() else 0)
    # One who comes now, when the lock must have expired, starts a run; all see it.
    assert statuses(page, killed_at + INTERVAL_SECONDS / 2) == []
    sockets.open(step.url)
    assert page.wait_for(lambda: statuses(page, since), FIRST_SECONDS), page.seen
    figure("run again", time.monotonic() - killed_at)


def test_task_waits_for_a_later_worker(step: Project, visitor: Visitor, figure: Figures) -> None:
    step.process("worker").kill()
    await_nobody_listens(step)
    answer = post(visitor)
    assert answer.status == 202, answer.seen
    figure("absent", answer.seconds)
    since = time.monotonic()
    [task_id] = answer.task_ids()
    assert "the task waits for a worker" in answer.words
    words = polls_until(visitor, task_id, WAITING, SILENT_SECONDS)
    assert "the task waits for a worker" in words
    figure("silent", time.monotonic() - since)
    since = time.monotonic()
    step.restart("worker")
    polls_until(visitor, task_id, "SUCCESS", DONE_SECONDS)
    figure("done later", time.monotonic() - since)


def await_nobody_listens(step: Project) -> None:
    """Wait until Redis has noticed that the worker is gone, or it would give it one task more."""
    with redis.Redis.from_url(step.redis.url) as client:
        wait_until(lambda: client.info("clients")["blocked_clients"] == 0, 10)
