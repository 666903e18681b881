"""A row that runs: its Redis, its server, its publisher, and the process of its visitors."""

import contextlib
import re
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import redis

from benchmarks.push.load_task import GO
from benchmarks.push.projects import WEB, WORKER, command_lines, make_project
from benchmarks.push.variants import Row
from benchmarks.support.load_generator import Delivery, LoadWorker, load_worker
from benchmarks.support.processes import FASTER, Measured, measured
from benchmarks.support.visitors import Address
from checks.harness.celery_app import app_for
from workbook.paths import ROOT
from workbook.redis_server.server import RedisServer, private_redis
from workbook.runtime.child_environment import environment_for
from workbook.runtime.ports import LOOPBACK, free_port
from workbook.runtime.run_records import Run, opened_run

ANSWER_SECONDS = 60
# Ten thousand visitors take many seconds on a busy machine.
DELIVERY_SECONDS = 60
# Where one was lost already, the next are not waited for as long: a broken row must not take hours.
SHORT_DELIVERY_SECONDS = 2


@dataclass
class Site:
    """A row's processes, and where its visitors go. `client` speaks with its Redis."""

    row: Row
    server: Measured
    address: Address
    visitors: LoadWorker
    client: redis.Redis
    lost: int = 0  # statuses that a visitor should have seen and did not

    def send(self) -> Delivery | None:
        """Have one status sent, and return how it reached everybody; None where it did not."""
        self.client.lpush(GO, 1)
        is_broken = self.lost and not self.row.is_polled
        delivery = self.visitors.delivery(SHORT_DELIVERY_SECONDS if is_broken else DELIVERY_SECONDS)
        if delivery is None:
            self.lost += self.visitors.standing().here - self.visitors.seen_by()
        return delivery

    def members_left(self) -> int:
        """Return how many members the group has according to Redis.

        With pub/sub a process that has any is one; the core layer counts every visitor.
        """
        if ":" in self.row.group_key:
            return self.client.zcard(self.row.group_key)
        return self.client.pubsub_numsub(self.row.group_key)[0][1]


@contextmanager
def all_running(rows: Iterable[Row]) -> Iterator[list[Site]]:
    """Run everything of `rows` side by side inside the block, and say when each is ready."""
    with opened_run("a benchmark") as run, contextlib.ExitStack() as stack:
        sites = []
        for row in rows:
            sites.append(stack.enter_context(_running(row, run)))
            print(f"{row.label}: ready", flush=True)
        yield sites


@contextmanager
def _running(row: Row, run: Run) -> Iterator[Site]:
    folder = run.folder / row.name
    folder.mkdir()
    with private_redis("server", run=run) as server, redis.Redis.from_url(server.url) as client:
        place = server, free_port(), folder, run.id
        started = _project(row, *place) if row.step else _bare(*place)
        with started as (web, address), load_worker(address) as visitors:
            yield Site(row, web, address, visitors, client)


@contextmanager
def _bare(
    server: RedisServer, port: int, folder: Path, run_id: str
) -> Iterator[tuple[Measured, Address]]:
    python = [sys.executable, "-m"]
    environment = environment_for(server.url, run_id=run_id)
    web = [*python, "benchmarks.push.limit.server", str(port), server.url]
    publisher = [*python, "benchmarks.push.limit.publisher", server.url]
    with (
        measured("LIMIT’s server", web, ROOT, environment, folder / "web.log") as one,
        measured("LIMIT’s publisher", publisher, ROOT, environment, folder / "worker.log") as two,
    ):
        one.await_word("Listening")
        two.await_word(" ready.")
        yield one, websocket_at(port)


@contextmanager
def _project(
    row: Row, server: RedisServer, port: int, folder: Path, run_id: str
) -> Iterator[tuple[Measured, Address]]:
    project = make_project(row, folder)
    environment = environment_for(server.url, port, run_id) | FASTER
    if row.settings:
        environment["DJANGO_SETTINGS_MODULE"] = row.settings
    project.manage(environment, "migrate", "--noinput", "--verbosity", "0")
    words = command_lines(project.folder, port)
    url = f"http://{LOOPBACK}:{port}"
    place = project.folder, environment
    with measured(f"{row.name}’s web", words[WEB], *place, folder / "web.log") as web:
        await_page(url, web)
        address = sent_task(url, project.folder) if row.is_polled else websocket_at(port)
        log = folder / "worker.log"
        with measured(f"{row.name}’s worker", words[WORKER], *place, log) as worker:
            worker.await_word(" ready.")
            with app_for(server.url) as sender:
                sender.send_task("load_task.send_on_demand", queue="measured")
            yield web, address


def websocket_at(port: int) -> Address:
    """Return where the visitors of a server on `port` open their websockets."""
    return Address(f"ws://{LOOPBACK}:{port}/ws/status")


def await_page(url: str, web: Measured) -> None:
    """Wait until the page at `url` answers. Raises WorkbookError where it does not."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline and web.popen.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(url, timeout=10)
            return
        time.sleep(0.05)
    raise web.error(f"should have answered at {url} within {ANSWER_SECONDS} s and did not")


def sent_task(url: str, folder: Path) -> Address:
    """Send a task by the page's own form; return what its visitors poll, and with which cookie.

    The task's id is left in `folder` for sending.py. The task itself waits in its queue forever.
    """
    with httpx.Client(base_url=url, timeout=30) as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.get("/").text)[1]
        answer = page.post("/check-status/", data={"csrfmiddlewaretoken": token})
        task_id = re.search(r"<code>([0-9a-f-]{36})</code>", answer.text)[1]
        cookie = f"sessionid={page.cookies['sessionid']}"
    (folder / "sent_task.py").write_text(f'TASK_ID = "{task_id}"\n', encoding="utf-8")
    return Address(f"{url}/check-status/{task_id}/", cookie)
