"""A web process behind a proxy that refuses commands in place of Redis."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from checks.clients.http_client import Answer, visiting
from checks.clients.websocket_client import opened_sockets
from checks.common.group import leftovers
from checks.common.sent_task import PATH
from checks.harness.instances import opened_web
from checks.harness.project import Project
from checks.harness.proxies.redis_proxy import PASS, Command, RedisProxy
from checks.pace import patience
from workbook.redis_server.server import private_redis
from workbook.runtime.ports import LOOPBACK
from workbook.runtime.waiting import wait_until

LEFT_SECONDS, CLOSED_SECONDS, PATIENCE_SECONDS = patience(5), 2, 9


@dataclass(frozen=True)
class Refusals:
    """What was seen: who was left in the group after an error, and a POST that can't be sent."""

    left: int
    answer: Answer


def be_refused(project: Project, folder: Path) -> Refusals:
    """Open a page that can read nothing from Redis, close it; then send a task to a read-only one.

    `folder` is a copy of the project with its tables.
    """
    with (
        private_redis(run=project.run) as redis,
        closing(RedisProxy(redis.port, PASS)) as proxy,
        opened_web(project.launcher, folder, broker=f"redis://{LOOPBACK}:{proxy.port}") as url,
        opened_sockets() as sockets,
        visiting(url) as visitor,
    ):
        visitor.get("/")
        proxy.refuses = lambda command: command.reads
        if page := sockets.try_open(url):
            page.wait_for(lambda: not page.is_open, CLOSED_SECONDS)
        sockets.close()
        wait_until(lambda: not leftovers(redis.url).members, LEFT_SECONDS)
        left = leftovers(redis.url).members
        proxy.refuses = _writes
        return Refusals(left, visitor.post(PATH, htmx=True, within=PATIENCE_SECONDS))


def _writes(command: Command) -> bool:
    return command.sends or command.locks
