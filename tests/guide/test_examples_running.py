"""Examples of "Going further" as they run: server-sent events, and the way out on gevent."""

import shlex
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import redis
from playwright.sync_api import expect

from tests.support.edited_projects import Edit
from tests.support.examples import ExampleProject, example_project, log_text
from tests.support.skip_markers import CHROMIUM
from tests.support.tool_process import wait_until
from workbook.browser import browser, find_chromium
from workbook.redis_server.server import RedisServer, private_redis

GEVENT_WORKER = shlex.split("celery -A config worker --loglevel=info -P gevent -c 100")
# Runs go on beside each other, and each tells its statuses as the page on gevent says.
LOOPS_IN_THREADS = (
    Edit("status/tasks.py", "redis.lock('status-run'", "redis.lock(str(time())"),
    Edit("status/tasks.py", "from time import sleep", "from time import sleep, time"),
    Edit("status/tasks.py", "async_to_sync(get_channel_layer().group_send)(", "group_send("),
    Edit(
        "status/tasks.py", "def broadcast", "from .greenlets import group_send\n\n\ndef broadcast"
    ),
)


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """Run a Redis of the test's own."""
    with private_redis() as server:
        yield server


def test_sse_status_and_leaving(tmp_path: Path, redis_server: RedisServer):
    project = example_project(tmp_path / "project", "sse", redis_url=redis_server.url)
    with project.daphne() as url:
        with httpx.stream("GET", f"{url}/sse/stream", timeout=30) as answer:
            assert answer.headers["Content-Type"] == "text/event-stream"
            wait_until(lambda: members(redis_server) == 1, 30, lambda: "a member of the group")
            broadcast(project, "FINISHED")
            assert next(events(answer)) == 'data: <span id="status">FINISHED</span>'
        wait_until(lambda: members(redis_server) == 0, 30, lambda: "a group without members")


def test_sse_opens_at_once(tmp_path: Path, redis_server: RedisServer):
    project = example_project(tmp_path / "project", "sse", redis_url=redis_server.url)
    # Less than the seconds between two signs of life.
    with project.daphne() as url, httpx.stream("GET", f"{url}/sse/stream", timeout=14) as answer:
        assert next(answer.iter_lines()) == ": hello"


def test_who_comes_late_is_told_at_once_how_things_stand(tmp_path: Path, redis_server: RedisServer):
    project = example_project(tmp_path / "project", "sse", redis_url=redis_server.url)
    with project.daphne() as url:
        # The server may take its time to start, and a status is kept for fifteen seconds.
        broadcast(project, "RUNNING")
        with httpx.stream("GET", f"{url}/sse/stream", timeout=30) as answer:
            assert next(events(answer)) == 'data: <span id="status">RUNNING</span>'


@CHROMIUM
def test_the_page_shows_each_event_without_a_reload(tmp_path: Path, redis_server: RedisServer):
    project = example_project(tmp_path / "project", "sse", redis_url=redis_server.url)
    with (
        project.runserver() as url,
        browser(find_chromium()) as chromium,
        chromium.new_context(base_url=url) as context,
    ):
        page = context.new_page()
        page.goto("/sse/")
        page.evaluate("window.notReloaded = true")
        wait_until(lambda: members(redis_server) == 1, 30, lambda: "a member of the group")
        for status in ("RUNNING", "FINISHED"):
            broadcast(project, status)
            expect(page.locator("#status")).to_have_text(status, timeout=30_000)
        assert page.evaluate("window.notReloaded")


@pytest.mark.long
def test_event_loops_in_real_threads_on_gevent(tmp_path: Path, redis_server: RedisServer):
    project = example_project(
        tmp_path / "project", "gevent", "wal", redis_url=redis_server.url, STATUS_INTERVAL="0.5"
    )
    for edit in LOOPS_IN_THREADS:
        edit.apply(project.folder)
    assert project.command("python", "manage.py", "migrate").returncode == 0
    with project.runs(*GEVENT_WORKER) as log:
        wait_until(lambda: " ready." in log_text(log), 30, lambda: log_text(log))
        project.says(
            "from config import celery_app as c\n"
            "from status.tasks import send_status_periodically as run\n"
            "[run.delay() for _ in range(20)]\n"
            "[c.send_task('celery.backend_cleanup') for _ in range(100)]"
        )
        wait_until(
            lambda: log_text(log).count(" succeeded in ") == 120, 60, lambda: log_text(log)[-3000:]
        )
        assert "Error" not in log_text(log)


def events(answer: httpx.Response) -> Iterator[str]:
    """Return the lines that say something to the page; fail where none comes within 20 seconds."""
    deadline = time.monotonic() + 20  # signs of life come for ever, so no read times out
    for line in answer.iter_lines():
        if line.startswith("data:"):
            yield line
        assert time.monotonic() < deadline, "signs of life came, and no event"


def broadcast(project: ExampleProject, status: str) -> None:
    """Let another process tell everybody a status."""
    project.says(f"from status.tasks import broadcast; broadcast({status!r})")


def members(server: RedisServer) -> int:
    """Return how many processes listen to the group."""
    with redis.Redis.from_url(server.url) as client:
        return client.pubsub_numsub("asgi__group__status")[0][1]
