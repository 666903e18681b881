"""Further instances of a project beside the first one, for what would disturb the other checks.

A twin has a web and a worker, a Redis and tables of its own. A detached web process shares the
first one's tables, and has a broker that leads nowhere.
"""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from checks.harness.celery_app import app_for
from checks.harness.databases.project_databases import Databases
from checks.harness.preflight import WORKER, own_commands
from checks.harness.readiness import await_page_somewhere
from checks.harness.server_process import Launched, Launcher, launch
from checks.harness.worker import await_worker
from checks.harness.working_copy import copy_with_tables
from checks.pace import patience
from checks.verdicts import CannotTell, NotYet
from workbook.projects.procfile import commands
from workbook.redis_server.server import RedisServer
from workbook.runtime.ports import LOOPBACK, free_port
from workbook.runtime.run_records import Run

ROLES = ("web", "worker")
# Connections are accepted and never answered, until `refuse`; a queue without a worker.
FROZEN, IDLE = "frozen", "idle"


class Instance:
    """The processes of one project's folder, which share a port for the page and a Redis.

    The port is a free one unless it is given.
    """

    def __init__(self, launcher: Launcher, redis: RedisServer, port: int | None = None) -> None:
        self.launcher, self.redis = launcher, redis
        self.port = port or free_port()
        self.app = app_for(redis.url)
        self._launched: dict[str, Launched] = {}

    @property
    def url(self) -> str:
        """The address of its page, without a slash at the end."""
        return f"http://{self.launcher.host}:{self.port}"

    def speak_as(self, spoken: Mapping[str, Any]) -> None:
        """Speak to the worker as the project does; `spoken` are the probe's `celery` settings."""
        own = urlsplit(self.redis.url)
        broker = urlsplit(spoken["broker_url"])._replace(scheme=own.scheme, netloc=own.netloc)
        self.app.conf.update({**spoken, "broker_url": broker.geturl()})

    def process(self, role: str) -> Launched:
        """Return the process that plays `role`: web, worker or beat."""
        return self._launched[role]

    def received(self, task: str) -> int:
        """Return how many tasks of this name its workers have received so far."""
        return sum(worker["total"].get(task, 0) for worker in self._stats())

    def has_one_place(self) -> bool:
        """Tell whether one of its workers does its tasks one after the other.

        Asked while it works on one, a worker without threads gives no answer.
        """
        return any(worker["pool"].get("max-concurrency") == 1 for worker in self._stats())

    def _stats(self) -> Iterable[dict[str, Any]]:
        """Return what its workers tell of themselves: no more are waited for than are there."""
        workers = [
            one
            for role, one in self._launched.items()
            if role == "worker" or WORKER.search(one.command)
        ]
        alive = max(1, sum(one.exit_code() is None for one in workers))
        return (self.app.control.inspect(timeout=patience(2), limit=alive).stats() or {}).values()

    def launch(self, role: str, command: str, name: str) -> None:
        """Start a process; its log is named after `name`."""
        self._launched[role] = self.launcher.launch(name, command, self.redis.url, self.port)

    def await_web(self) -> None:
        """Wait until its page answers, on another port where a stranger took the one chosen.

        Raises NotYet if it doesn't.
        """
        again = partial(self._launch_web, "web-again", self.redis.url)
        web, self.port = await_page_somewhere(self._launched["web"], self.port, again)
        self._launched["web"] = web

    def _launch_web(self, name: str, broker: str, port: int) -> Launched:
        command = own_commands(self.launcher.folder, port, self.redis.url)["web"]
        return self.launcher.launch(name, command, broker, port)

    def restart(self, role: str) -> None:
        """Start a process again, after it was killed, and wait until a worker answers."""
        former = self._launched[role]
        self.launch(role, former.command, f"{former.name}-again")
        if role == "worker":
            await_worker(self.app, self._launched)

    def close(self) -> None:
        """End everything at once: what it holds are copies."""
        for launched in self._launched.values():
            launched.kill()
        self.app.close()


class Twin(Instance):
    """A web and a worker in a copy of a project. Both are started at once; `wait` for them.

    They share nothing with the first: some keep in their database what others keep in Redis.
    `launcher` and `databases` are the first one's, `spoken` is how it speaks to its worker.
    """

    def __init__(
        self,
        launcher: Launcher,
        databases: Databases,
        redis: RedisServer,
        spoken: Mapping[str, Any],
    ) -> None:
        self._closed = threading.Event()
        copy = launcher.run.folder / "twin"
        copy_with_tables(launcher.folder, copy, databases)
        super().__init__(replace(launcher, folder=copy), redis)
        self.speak_as(spoken)
        found = own_commands(copy, self.port, redis.url)
        for role in ROLES:
            self.launch(role, found[role], f"{role}-twin")

    def wait(self) -> None:
        """Wait until both answer. Raises NotYet if one doesn't."""
        self.await_web()
        await_worker(self.app, self._launched)

    def launch(self, role: str, command: str, name: str) -> None:
        """Start a process. Raises CannotTell once it was closed."""
        if self._closed.is_set():
            raise CannotTell("the checks ended before this one did")
        super().launch(role, command, name)

    def restart_redis(self, away_seconds: float) -> None:
        """Stop its Redis, whose data are lost, and start it again after a while."""
        self.redis.kill()
        if self._closed.wait(away_seconds):
            raise CannotTell("the checks ended before this one did")
        self.redis.start()

    def close(self) -> None:
        """End both at once. From then on nothing is started."""
        self._closed.set()
        super().close()


class Detached:
    """Web processes without a worker, for what visitors see then.

    They are started by `launch`, which takes a name, a broker's address and a port.
    """

    def __init__(self, launch: Callable[[str, str, int], Launched], run: Run) -> None:
        self._launch = launch
        self._idle_redis = RedisServer(run=run)
        self._webs: dict[str, tuple[Launched, int, str]] = {}  # with its port and its broker
        self._looking = threading.Lock()  # who else asks for an address waits for the first
        self._frozen_broker: socket.socket | None = None

    def prepare(self, kind: str) -> None:
        """Begin to start one of a kind, without waiting for it. Does nothing for the next one."""
        if kind in self._webs:
            return
        if kind == FROZEN:
            # The kernel accepts connections and nothing ever answers: as after a SIGSTOP.
            self._frozen_broker = socket.create_server((LOOPBACK, 0), backlog=128)
            broker = f"redis://{LOOPBACK}:{self._frozen_broker.getsockname()[1]}"
        else:
            # Not another database of the first: a channel layer may know no database numbers.
            self._idle_redis.start()
            broker = self._idle_redis.url
        port = free_port()
        self._webs[kind] = (self._launch(f"web-{kind}", broker, port), port, broker)

    def port(self, kind: str) -> int:
        """Return the port of one that was prepared, once it answers. Raises NotYet if not."""
        with self._looking:
            launched, port, broker = self._webs[kind]
            launched, port = await_page_somewhere(
                launched, port, lambda other: self._launch(f"web-{kind}-again", broker, other)
            )
            self._webs[kind] = (launched, port, broker)
        return port

    def broker(self, kind: str) -> str:
        """Return the address of the broker of one that was prepared."""
        return self._webs[kind][2]

    def process(self, kind: str) -> Launched | None:
        """Return the process of a kind, None where none was prepared."""
        return self._webs[kind][0] if kind in self._webs else None

    def processes(self) -> list[Launched]:
        """Return all that were started."""
        return [launched for launched, *_ in self._webs.values()]

    def close(self) -> None:
        """End the brokers; the processes end with the project's others."""
        self.refuse()
        self._idle_redis.kill()

    def refuse(self) -> None:
        """From now on the frozen broker refuses connections."""
        if self._frozen_broker:
            self._frozen_broker.close()


@contextmanager
def opened_web(launcher: Launcher, folder: Path, broker: str, **variables: str) -> Iterator[str]:
    """Start a web process in `folder`, end it after the block; return its address.

    Its environment is that of `launcher`'s processes, with `broker` and `variables`. Raises
    CannotTell if it does not answer.
    """

    def start(port: int) -> Launched:
        environment = launcher.environment(broker, port) | variables
        log = folder.with_suffix(".log")
        return launch("web", commands(folder, port)["web"], folder, environment, log)

    port = free_port()
    web = start(port)
    try:
        try:
            web, port = await_page_somewhere(web, port, start)
        except NotYet:
            last = web.log.tail().rpartition("\n")[2] or "it said nothing"
            raise CannotTell(f"a second web process did not start: {last}") from None
        yield f"http://{launcher.host}:{port}"
    finally:
        web.kill()
