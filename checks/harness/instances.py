"""Further instances of a project beside the first one, for what would disturb the other checks.

A twin has a web and a worker, a Redis and tables of its own. A detached web process shares the
first one's tables, and has a broker that leads nowhere.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import celery

from checks.harness.preflight import own_commands
from checks.harness.readiness import READY_SECONDS, await_page, listens, require_own_port
from checks.harness.server_process import Launched, Launcher, launch
from checks.harness.worker import await_worker, received
from checks.harness.working_copy import copy_with_tables
from checks.verdicts import CannotTell
from workbook.projects.procfile import commands
from workbook.redis_server.server import RedisServer
from workbook.runtime.ports import LOOPBACK, free_port
from workbook.runtime.run_records import Run
from workbook.runtime.waiting import wait_until

ROLES = ("web", "worker")
# Connections are taken and nothing is answered, until `refuse`; a queue without a worker.
FROZEN, IDLE = "frozen", "idle"


class Twin:
    """A web and a worker in a copy of a project. Both are started at once; `wait` for them.

    They share nothing with the first: some keep in their database what others keep in Redis.
    `folder` and `databases` are the first one's, `databases` as the probe tells of them.
    """

    def __init__(
        self, folder: Path, databases: Mapping[str, dict[str, str]], run: Run, redis: RedisServer
    ) -> None:
        self._redis = redis
        self._closed = threading.Event()
        self._port = free_port()
        self._app = celery.Celery(broker=redis.url, set_as_current=False)
        copy = run.folder / "twin"
        copy_with_tables(folder, copy, databases)
        self._launcher = Launcher(copy, run)
        found = own_commands(copy, self._port, redis.url)
        self._commands = {role: found[role] for role in ROLES}
        self._launched = {role: self._launch(role) for role in ROLES}

    @property
    def url(self) -> str:
        """The address of its page, without a slash at the end."""
        return f"http://{LOOPBACK}:{self._port}"

    def process(self, role: str) -> Launched:
        """Return the process that plays `role`: web or worker."""
        return self._launched[role]

    def received(self, task: str) -> bool:
        """Tell whether its worker has received a task of this name."""
        return received(self._app, task) > 0

    def wait(self) -> None:
        """Wait until both answer. Raises NotYet if one doesn't."""
        await_page(self._launched["web"], self._port)
        await_worker(self._app, self._launched)

    def kill_worker(self) -> None:
        """Kill the worker, whatever it is at."""
        self._launched["worker"].kill()

    def restart_worker(self) -> None:
        """Start the worker again after it was killed, and wait until it answers."""
        self._launched["worker"] = self._launch("worker", suffix="-again")
        await_worker(self._app, self._launched)

    def restart_redis(self, away_seconds: float) -> None:
        """Stop its Redis, whose data are lost, and start it again after a while."""
        self._redis.kill()
        if self._closed.wait(away_seconds):
            raise CannotTell("the checks ended before this one did")
        self._redis.start()

    def close(self) -> None:
        """End both at once: what they hold are copies. From then on nothing is started."""
        self._closed.set()
        for launched in self._launched.values():
            launched.kill()
        self._app.close()

    def _launch(self, role: str, suffix: str = "") -> Launched:
        if self._closed.is_set():
            raise CannotTell("the checks ended before this one did")
        name = f"{role}-twin{suffix}"
        return self._launcher.launch(name, self._commands[role], self._redis.url, self._port)


class Detached:
    """Web processes without a worker, for what visitors see then.

    They are started by `launch`, which takes a name, a broker's address and a port.
    """

    def __init__(self, launch: Callable[[str, str, int], Launched], run: Run) -> None:
        self._launch = launch
        self._idle_redis = RedisServer(run=run)
        self._webs: dict[str, tuple[Launched, int]] = {}
        self._frozen_broker: socket.socket | None = None

    def prepare(self, kind: str) -> None:
        """Begin to start one of a kind, without waiting for it. Does nothing for the next one."""
        if kind in self._webs:
            return
        if kind == FROZEN:
            # The kernel takes connections in; nobody ever answers: as after a SIGSTOP.
            self._frozen_broker = socket.create_server((LOOPBACK, 0), backlog=128)
            broker = f"redis://{LOOPBACK}:{self._frozen_broker.getsockname()[1]}"
        else:
            # Not another database of the first: a channel layer may know no database numbers.
            self._idle_redis.start()
            broker = self._idle_redis.url
        port = free_port()
        self._webs[kind] = (self._launch(f"web-{kind}", broker, port), port)

    def address(self, kind: str) -> str:
        """Return the address of one that was prepared, once it answers. Raises NotYet if not."""
        launched, port = self._webs[kind]
        await_page(launched, port)
        return f"http://{LOOPBACK}:{port}"

    def process(self, kind: str) -> Launched | None:
        """Return the process of a kind, None where none was prepared."""
        return self._webs[kind][0] if kind in self._webs else None

    def processes(self) -> list[Launched]:
        """Return all that were started."""
        return [launched for launched, _ in self._webs.values()]

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
    port = free_port()
    environment = launcher.environment(broker, port) | variables
    log = folder.with_suffix(".log")
    web = launch("web", commands(folder, port)["web"], folder, environment, log)
    try:
        wait_until(lambda: listens(port) or web.exit_code() is not None, READY_SECONDS)
        require_own_port(web, port)
        if not listens(port):
            raise CannotTell(f"a second web process did not start: {web.log.tail()}")
        yield f"http://{LOOPBACK}:{port}"
    finally:
        web.kill()
