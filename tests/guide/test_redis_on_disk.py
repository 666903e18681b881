"""What "Deploying" says of a Redis that writes each message down: said while it runs, none is lost.

It is a Redis as Debian starts it, with a file of its own that it may write.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import redis

from tests.support.skip_markers import REDIS_SERVER
from tests.support.tool_process import wait_until
from workbook.redis_server.server import find_server
from workbook.runtime.ports import LOOPBACK, free_port

pytestmark = REDIS_SERVER
QUEUE = "celery"


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """Return a redis.conf that saves from time to time, as Debian's does."""
    file = tmp_path / "redis.conf"
    file.write_text(
        f"bind {LOOPBACK}\nport {free_port()}\ndir {tmp_path}\nsave 3600 1\n", encoding="utf-8"
    )
    return file


def test_a_redis_that_is_told_while_it_runs_keeps_what_waits(configuration: Path) -> None:
    with running(configuration) as client:
        client.lpush(QUEUE, "before")
        client.config_set("appendonly", "yes")
        client.config_rewrite()
        # The rest goes into the new file once it holds what was there before.
        wait_until(
            lambda: not client.info("persistence")["aof_rewrite_in_progress"],
            20,
            lambda: "the file to be written",
        )
        client.lpush(QUEUE, "after")
        psutil.Process(
            client.info("server")["process_id"]
        ).kill()  # as in a crash: nothing is saved
    with running(configuration) as client:
        assert client.lrange(QUEUE, 0, -1) == [b"after", b"before"]


def test_a_redis_that_is_told_by_its_file_first_begins_empty(configuration: Path) -> None:
    with running(configuration) as client:
        client.lpush(QUEUE, "before")
    with configuration.open("a", encoding="utf-8") as file:
        file.write("appendonly yes\n")
    with running(configuration) as client:
        assert client.llen(QUEUE) == 0


@contextmanager
def running(configuration: Path) -> Iterator[redis.Redis]:
    """Run a Redis with this file, and end it as systemd does, so that it saves."""
    port = int(configuration.read_text(encoding="utf-8").partition("port ")[2].split()[0])
    with (
        configuration.with_name("log").open("ab") as log,
        subprocess.Popen([find_server(), configuration], stdout=log, stderr=log) as server,
        redis.Redis(port=port) as client,
    ):
        try:
            wait_until(lambda: answers(client), 20, lambda: "an answer of Redis")
            yield client
        finally:
            server.terminate()


def answers(client: redis.Redis) -> bool:
    """Tell whether it takes commands."""
    try:
        return client.ping()
    except redis.ConnectionError:
        return False
