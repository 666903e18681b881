"""A database that takes no row, as on a full disk: another process keeps it locked."""

import sqlite3
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from checks.clients.http_client import Answer, visiting
from checks.common.sent_task import PATH
from checks.harness.databases.project_databases import files_of
from checks.harness.instances import opened_web
from checks.harness.process_log import ProcessLog
from checks.harness.project import Project
from workbook.redis_server.server import private_redis

# Django waits 5 s for a lock by default; who waits longer has said so.
PATIENCE_SECONDS = 40


@dataclass(frozen=True)
class NotStored:
    """What visitors were answered: a known one who sent a task, and two who opened the page.

    One of them is new. The other has a session, in which there is nothing of the page's. `folder`
    is the copy of the project that ran, `words` what it said last.
    """

    sent: Answer
    opened: Answer
    opened_again: Answer
    folder: Path
    words: str


def fill_the_disk(project: Project, folder: Path, session: Mapping[str, str]) -> NotStored:
    """Send a task, and open the start page, while no row can be stored.

    `folder` is a copy of the project with its tables, `session` the cookie of a session there.
    """
    with (
        private_redis(run=project.run) as redis,
        opened_web(project.launcher, folder, broker=redis.url) as url,
        visiting(url) as known,
        visiting(url) as new,
        visiting(url) as returning,
    ):
        returning.keep_cookie(**session)
        known.get("/")
        known.post(PATH, htmx=True)
        with _locked(_files(project, folder)), ThreadPoolExecutor(3) as pool:
            sent = pool.submit(known.post, PATH, htmx=True, within=PATIENCE_SECONDS)
            opened = pool.submit(new.get, "/", within=PATIENCE_SECONDS)
            again = pool.submit(returning.get, "/", within=PATIENCE_SECONDS)
            answers = sent.result(), opened.result(), again.result()
        log = ProcessLog(folder.with_suffix(".log"), folder)
        return NotStored(*answers, folder, log.tail())


def _files(project: Project, folder: Path) -> list[Path]:
    own = project.folder.resolve()
    return [folder / file.relative_to(own) for file in files_of(project.databases, own)]


@contextmanager
def _locked(files: list[Path]) -> Iterator[None]:
    """Let nobody write to the SQLite files inside the block; to read stays possible."""
    with ExitStack() as stack:
        for file in files:
            connection = stack.enter_context(closing(sqlite3.connect(file)))
            connection.execute("BEGIN IMMEDIATE")
            stack.callback(connection.rollback)
        yield
