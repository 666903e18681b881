"""Step 05 on several machines: two web processes, two workers, a beat, and what they share."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import redis
from celery import Celery

from tests.support.machines.children import READY_SECONDS, unwound_by_sigterm
from tests.support.machines.machine import Machine, machine_at
from tests.support.machines.page_files import (
    BEAT,
    ENVIRONMENT_FILE,
    WEB,
    WORKER,
    started_by,
    variables,
    with_replaced,
)
from tests.support.machines.postgres import PostgresServer, private_postgresql
from tests.support.machines.proxy import SERVED_BY, Proxy, prepared_proxy
from tests.support.machines.visitors import MachineVisitor
from tests.support.tool_process import wait_until
from workbook.redis_server.server import RedisServer, private_redis
from workbook.runtime.ports import LOOPBACK, free_port

STATUS_INTERVAL = 0.5
QUEUES = ("celery", "slow")
LOCK = "status-run"  # what step 05 calls its lock in Redis


@dataclass(frozen=True)
class Cluster:
    """All machines, and what stands between them."""

    webs: dict[str, Machine]  # by address
    workers: dict[str, Machine]  # by queue
    beat: Machine
    proxy: Proxy
    redis: redis.Redis
    celery: Celery
    postgresql: PostgresServer

    @property
    def machines(self) -> list[Machine]:
        """Every machine with a copy of the project."""
        return [*self.webs.values(), *self.workers.values(), self.beat]

    def made_whole(self) -> None:
        """Start what does not run, and wait until all do their work; see that no run goes on."""
        for machine in self.machines:
            if not machine.child.lives:
                machine.child.start()
        if not self.proxy.child.lives:
            self.proxy.child.start()
            self.proxy.child.await_ready(self.proxy.answers)
        for worker in self.workers.values():
            worker.child.await_ready(lambda worker=worker: " ready." in worker.child.said)
        for web in self.webs.values():
            web.child.await_ready(lambda web=web: "Listening on" in web.child.said)
        self.beat.child.await_ready(lambda: "beat: Starting" in self.beat.child.said)
        # nginx leaves one that was dead alone for ten seconds.
        seen: set[str] = set()
        with self.browser() as client:
            wait_until(lambda: self._asked(client, seen), READY_SECONDS, lambda: f"both: {seen}")
        wait_until(lambda: not self.is_locked(), READY_SECONDS, lambda: "no run to go on")

    def browser(self) -> httpx.Client:
        """Return a visitor of the pages, who keeps cookies."""
        return httpx.Client(base_url=self.proxy.url, verify=self.proxy.trust(), timeout=20)

    def is_locked(self) -> bool:
        """Tell whether somebody holds the lock of a run."""
        return bool(self.redis.exists(LOCK))

    def rows(self, statement: str, *values: object) -> list[tuple]:
        """Ask the project's database, as its administrator."""
        return self.postgresql.rows(statement, *values, database="status")

    @contextmanager
    def visitors(self, count: int) -> Iterator[list[MachineVisitor]]:
        """Open so many pages, on both web processes, for as long as the block lasts."""
        opened: list[MachineVisitor] = []
        try:
            for _ in range(count):
                opened.append(MachineVisitor(self.proxy))
                opened[-1].comes()  # one after the other: nginx gives each to the next web process
            assert {visitor.served_by[-1] for visitor in opened} == self.webs.keys()
            yield opened
        finally:
            for visitor in opened:
                visitor.leave()

    def _asked(self, client: httpx.Client, seen: set[str]) -> bool:
        answer = client.get("/live/")
        if answer.status_code == 200:
            seen.add(answer.headers[SERVED_BY].split(", ")[-1])
        return seen == self.webs.keys()


@contextmanager
def several_machines(with_tables: Callable[[Cluster], None] | None = None) -> Iterator[Cluster]:
    """Start all machines side by side, and leave nothing of them, whatever happens in the block.

    `with_tables` is called once the tables are made, before beat starts.
    """
    with ExitStack() as stack:
        stack.enter_context(unwound_by_sigterm())
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="workbook-machines-"))
        server = stack.enter_context(private_redis("server"))
        postgresql = stack.enter_context(private_postgresql())
        cluster = _laid_out(Path(name), server, postgresql)
        for machine in cluster.machines:
            stack.callback(machine.child.kill)
        stack.callback(cluster.proxy.child.stop)
        stack.callback(cluster.redis.close)
        for machine in [*cluster.webs.values(), *cluster.workers.values()]:
            machine.child.start()  # they need no table yet, and take as long as the tables do
        cluster.beat.types("python", "manage.py", "migrate", "--verbosity", "0")
        if with_tables:
            with_tables(cluster)
        cluster.made_whole()
        yield cluster


def _laid_out(root: Path, server: RedisServer, postgresql: PostgresServer) -> Cluster:
    text = ENVIRONMENT_FILE.read_text(encoding="utf-8")
    shared = variables(text)
    postgresql.make("status", shared["DATABASE_PASSWORD"])
    with redis.Redis.from_url(server.url) as client:
        client.config_set("requirepass", shared["REDIS_PASSWORD"])
    replaced = {
        "www.example.org": LOOPBACK,
        "redis.internal:6379": f"{LOOPBACK}:{server.port}",
        "db.internal": LOOPBACK,
    }
    more = f"DATABASE_PORT={postgresql.port}\nSTATUS_INTERVAL={STATUS_INTERVAL}\n"
    text = with_replaced(text, replaced) + more
    ports = [free_port(), free_port()]
    webs = {}
    for port in ports:
        command = started_by(WEB, replaced={"10.0.0.11": LOOPBACK, "8000": str(port)})
        webs[f"{LOOPBACK}:{port}"] = machine_at(root, f"web-{port}", text, command)
    workers = {
        queue: machine_at(root, f"worker-{queue}", text, started_by(WORKER, queue))
        for queue in QUEUES
    }
    beat = machine_at(root, "beat", text, started_by(BEAT))
    # "collectstatic on each proxy", says the page: so the proxy has a copy of the project too.
    proxy = machine_at(root, "proxy", text, ())
    proxy.types("python", "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
    nginx = prepared_proxy(proxy.folder / "nginx", proxy.project / "staticfiles", ports)
    broker = variables(text)["CELERY_BROKER_REDIS_URL"]
    return Cluster(
        webs, workers, beat, nginx, redis.Redis.from_url(broker), Celery(broker=broker), postgresql
    )
