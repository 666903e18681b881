"""What the tool starts listens on this machine alone, and the broker's password is never shown."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import quote

import httpx
import psutil
import pytest
import redis

from tests.support.skip_markers import REDIS_SERVER
from tests.support.snapshots import SnapshotRun, csrf, snapshot_run
from tests.support.tool_process import ToolRun, tool_run, wait_until
from tests.support.workbook_copy import SmallWorkbook
from workbook.paths import ROOT
from workbook.redis_server.server import RedisServer, private_redis
from workbook.runtime.ports import free_port

PASSWORD = "correct/horse@battery"
SHAPES = (PASSWORD, quote(PASSWORD, safe=""), "horse", "battery")
READY_SECONDS = 60
# What another project's Celery is told its broker and its results by.
OF_ANOTHER_PROJECT = (
    *("BROKER_URL", "CELERY_BROKER_URL", "CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL"),
    *("RESULT_BACKEND", "CELERY_RESULT_BACKEND"),
)


def listening(pids: Iterable[int]) -> set[str]:
    """Return the addresses that these processes listen on."""
    wanted = set(pids)
    return {
        found.laddr.ip
        for found in psutil.net_connections("inet")
        if found.pid in wanted and found.status in (psutil.CONN_LISTEN, psutil.CONN_NONE)
    }


@pytest.mark.parametrize("kind", [pytest.param("server", marks=REDIS_SERVER), "embedded"])
def test_a_redis_of_ours_listens_on_loopback_alone(kind: str) -> None:
    with private_redis(kind) as server:
        process = psutil.Process(server.pid)
        pids = [server.pid, *(child.pid for child in process.children(recursive=True))]
        assert listening(pids) == {"127.0.0.1"}


def test_a_run_listens_on_loopback_alone(served: SnapshotRun) -> None:
    found = listening(process.pid for process in served.tool.left())
    assert found
    assert [address for address in found if not ip_address(address).is_loopback] == []


def test_no_process_of_a_run_reaches_the_broker_of_another_project(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with private_redis() as foreign, redis.Redis.from_url(foreign.url) as client:
        for name in OF_ANOTHER_PROJECT:
            monkeypatch.setenv(name, foreign.url)
        with snapshot_run("02") as run, run.visitor() as visitor:
            run.tool.wait_for("broker -> ")  # said by beat
            ours = run.redis_url.removeprefix("redis://")
            assert re.search(rf"broker -> \S*{re.escape(ours)}", run.tool.text)
            assert visitor.post("/check-status/", data=csrf(visitor)).status_code == 200
            run.tool.wait_for("payload")
            run.shell("from status.tasks import send_status; send_status.delay('typed by hand')")
            run.tool.wait_for("typed by hand")
        assert client.keys() == []


@dataclass(frozen=True)
class Guarded:
    """Step 05, run by the tool on a Redis that asks for a password."""

    tool: ToolRun
    port: int
    redis: RedisServer

    def visitor(self) -> httpx.Client:
        """Return a browser's stand-in."""
        base = f"http://127.0.0.1:{self.port}"
        return httpx.Client(base_url=base, timeout=20, follow_redirects=True)

    def pages(self, visitor: httpx.Client, fields: dict[str, str]) -> list[httpx.Response]:
        """Return what a visitor is shown: the pages, and the answer to a POST."""
        pages = [visitor.get(path) for path in ("/", "/live/", "/nowhere/", "/admin/login/")]
        return [*pages, visitor.post("/check-status/", data=fields)]


def lock(port: int, password: str) -> None:
    """Have the Redis at a port, which asks for none, ask for this password from now on."""
    with redis.Redis(port=port) as client:
        client.config_set("requirepass", password)


@contextmanager
def guarded() -> Iterator[Guarded]:
    port = free_port()
    with private_redis("server") as server:
        named = f"redis://:{quote(PASSWORD, safe='')}@127.0.0.1:{server.port}"
        lock(server.port, PASSWORD)
        words = ("run", "05", "--port", str(port), "--redis", named)
        with tool_run(SmallWorkbook(ROOT), *words, variables={"STATUS_INTERVAL": "1"}) as tool:
            tool.wait_for("ready:", READY_SECONDS)
            tool.wait_for(" ready.", READY_SECONDS)
            yield Guarded(tool, port, server)


def shown(text: str) -> list[str]:
    """Return the shapes of the password that a text shows."""
    return [shape for shape in SHAPES if shape in text]


@REDIS_SERVER
def test_no_page_and_no_log_shows_the_brokers_password() -> None:
    with guarded() as run, run.visitor() as visitor:
        fields = csrf(visitor)
        answers = run.pages(visitor, fields)
        assert answers[-1].status_code == 202
        run.redis.stop()
        answers += run.pages(visitor, fields)
        assert answers[-1].status_code == 503
        run.tool.wait_for("Connection refused", 20)
        run.redis.start()
        lock(run.redis.port, "another one")
        answers += run.pages(visitor, fields)
        assert answers[-1].status_code == 503
        refused = re.compile(r"Cannot connect to redis://.*(invalid username-password|AUTH)")
        wait_until(lambda: refused.search(run.tool.text), 60, lambda: run.tool.text)
        assert [shown(answer.text) for answer in answers if shown(answer.text)] == []
        assert [line for line in run.tool.lines if shown(line)] == []


@REDIS_SERVER
def test_a_message_that_ends_celerys_worker_ends_the_run_in_words() -> None:
    with guarded() as run:
        with redis.Redis(port=run.redis.port, password=PASSWORD) as client:
            client.lpush("celery", "hello")
        assert run.tool.ends(60) == 1
        assert "“worker” ended by itself" in run.tool.text
        assert "Unrecoverable error" in run.tool.text
        assert [line for line in run.tool.lines if shown(line)] == []
        wait_until(lambda: run.tool.left() == [], 10)
