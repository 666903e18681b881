"""Troubleshooting's entries about a Redis that answers but refuses, and about its password."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import redis

from tests.support.commands import run_command
from tests.support.examples import ExampleProject, log_text
from tests.support.skip_markers import REDIS_SERVER
from tests.support.tool_process import wait_until
from tests.support.troubleshooting import literal, running_worker, troubled_project
from workbook.redis_server.server import RedisServer, private_redis
from workbook.runtime.ports import LOOPBACK, free_port

pytestmark = REDIS_SERVER

END_SECONDS = 20
# The two end alike.
POOLS = ["threads", pytest.param("gevent", marks=pytest.mark.long)]
SEND = """
from kombu.exceptions import OperationalError
from status.tasks import send_status
try:
    print(send_status.delay("hello").id)
except OperationalError as error:
    print(f"kombu.exceptions.OperationalError: {error}")
"""
# How the page has the reader encode a password, and what is said of one that is not.
ENCODE = """python -c "from urllib.parse import quote; print(quote(input(), safe=''))\""""
PASSWORD_SAID = (
    "ValueError: Port could not be cast to integer value as '…'",
    "invalid username-password pair or user is disabled.",
)
STATE = "from celery.result import AsyncResult; print(AsyncResult({task_id!r}).state)"


class ClusterServer(RedisServer):
    """A Redis in cluster mode, of one node that holds no slots yet."""

    def _command(self) -> list[str]:
        # Its second port is the first plus 10,000, unless it is named: not ours to take.
        own_port = ["--cluster-port", str(free_port())]
        return [*super()._command(), "--cluster-enabled", "yes", *own_port]

    def take_all_slots(self) -> None:
        """Serve every key, as a node of a whole cluster does, and wait until it agrees."""
        with redis.Redis(LOOPBACK, self.port) as client:
            client.execute_command("CLUSTER ADDSLOTS", *range(16_384))
            wait_until(
                lambda: client.cluster("INFO")["cluster_state"] == "ok", 20, lambda: "a cluster"
            )


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with private_redis("server") as server:
        yield server


@pytest.fixture
def client(server: RedisServer) -> Iterator[redis.Redis]:
    with redis.Redis(LOOPBACK, server.port) as client:
        yield client


@pytest.fixture
def cluster() -> Iterator[ClusterServer]:
    server = ClusterServer("server")
    try:
        server.start()
        yield server
    finally:
        server.stop()


def await_exit(log: Path) -> str:
    """Wait until the worker has ended by itself with exit code 1, and return its log."""
    wait_until(lambda: "\nexit 1\n" in log_text(log), END_SECONDS, lambda: log_text(log))
    return log_text(log)


def require_done(project: ExampleProject) -> None:
    """Send a task without a worker: it is PENDING until one is started."""
    task_id = project.says(SEND)
    state = STATE.format(task_id=task_id)
    assert project.says(state) == "PENDING"
    with running_worker(project, "threads") as log:
        wait_until(lambda: f"[{task_id}] succeeded" in log_text(log), 30, lambda: log_text(log))
    assert project.says(state) == "SUCCESS"


@pytest.mark.parametrize("pool", POOLS)
def test_a_redis_that_cannot_save_ends_the_worker(
    tmp_path: Path, server: RedisServer, client: redis.Redis, pool: str
) -> None:
    project = troubled_project(tmp_path / "project", redis_url=server.url)
    in_the_way = Path(psutil.Process(server.pid).cwd()) / "dump.rdb"
    with running_worker(project, pool) as log:
        in_the_way.mkdir()  # where Redis would put its data
        client.config_set("save", "3600 1")
        client.bgsave()
        said = await_exit(log)
    assert literal("misconf").search(said)
    assert literal("misconf", "Unrecoverable error: server:ResponseError").search(said)
    assert "OperationalError: MISCONF" in project.says(SEND)
    # What is started now waits until Redis can save again.
    with running_worker(project, pool, "Trying again in") as log:
        in_the_way.rmdir()
        client.bgsave()
        wait_until(lambda: " ready." in log_text(log), 30, lambda: log_text(log))
    require_done(project)


@pytest.mark.parametrize("pool", POOLS)
def test_a_redis_that_becomes_a_replica_ends_the_worker(
    tmp_path: Path, server: RedisServer, client: redis.Redis, pool: str
) -> None:
    project = troubled_project(tmp_path / "project", redis_url=server.url)
    with running_worker(project, pool) as log:
        client.replicaof(LOOPBACK, free_port())
        said = await_exit(log)
    assert literal("unblocked").search(said)
    read_only = "You can't write against a read only replica."
    refused = literal("unblocked", read_only)
    assert refused.search(project.says(SEND))
    with running_worker(project, pool, "Unrecoverable error") as log:
        assert refused.search(await_exit(log))
    client.replicaof("NO", "ONE")
    require_done(project)


def test_a_cluster_of_redis_ends_the_worker(tmp_path: Path, cluster: ClusterServer) -> None:
    project = troubled_project(tmp_path / "project", redis_url=cluster.url)
    cluster.take_all_slots()
    with running_worker(project, "threads", "Unrecoverable error") as log:
        assert literal("cross-slot").search(await_exit(log))
    slots = literal("cross-slot", "Keys in request don't hash to the same slot")
    assert slots.search(project.says(SEND))


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("horse/battery", "ValueError: Port could not be cast to integer value as 'horse'"),
        ("horse#battery", "ValueError: Port could not be cast to integer value as 'horse'"),
        ("horse?battery", "ValueError: Port could not be cast to integer value as 'horse'"),
        ("horse%41battery", "invalid username-password pair or user is disabled."),
    ],
)
def test_a_password_is_percent_encoded_in_its_address(
    tmp_path: Path, server: RedisServer, client: redis.Redis, password: str, said: str
) -> None:
    client.config_set("requirepass", password)
    project = troubled_project(tmp_path / "project")
    encoded = run_command(shlex.split(ENCODE), input=password, stdin=None).stdout.strip()
    bare, quoted = (
        replace(project, redis_url=f"redis://:{one}@{LOOPBACK}:{server.port}").command(
            "python", "manage.py", "shell", "-v", "0", "--command", SEND
        )
        for one in (password, encoded)
    )
    assert said in bare.stdout + bare.stderr
    assert any(literal("redis-password", text).search(said) for text in PASSWORD_SAID)
    assert literal("redis-password", ENCODE)
    assert re.fullmatch(r"[0-9a-f-]{36}", quoted.stdout.strip()), quoted.stderr
