"""A second web and worker, with a Redis and tables of their own: they disturb nobody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import celery

from checks.support.copies import copy_with_tables
from checks.support.launching import Launched, Launcher
from checks.support.own_procfile import own_commands
from checks.support.project import Project
from checks.support.starting import await_page, await_worker, received
from checks.support.verdict import CannotTell
from workbook.redis_server.server import RedisServer, private_redis
from workbook.runtime.ports import LOOPBACK, free_port

ROLES = ("web", "worker")


class Twin:
    """Both are started at once; `wait` until they answer.

    They share nothing with `project`: some keep in their database what others keep in Redis.
    """

    def __init__(self, project: Project, redis: RedisServer) -> None:
        self._redis = redis
        self._closed = threading.Event()
        self._port = free_port()
        self._app = celery.Celery(broker=redis.url, set_as_current=False)
        folder = project.run.folder / "twin"
        copy_with_tables(project.folder, folder, project.loaded()["databases"])
        self._launcher = Launcher(folder, project.run)
        commands = own_commands(folder, self._port, redis.url)
        self._commands = {role: commands[role] for role in ROLES}
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


@contextmanager
def opened_twin(project: Project) -> Iterator[Twin]:
    """Begin to start a twin of a project; it is ended after the block."""
    project.prepared()
    with private_redis(run=project.run) as redis:
        twin = Twin(project, redis)
        try:
            yield twin
        finally:
            twin.close()
