"""Step 05 with one worker of its own: the pool is what differs, and what is measured."""

import contextlib
import shlex
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.support.processes import FASTER, Measured, measured
from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.projects.project import ProjectFolder, find_project, private_copy
from workbook.redis_server.server import private_redis
from workbook.runtime.child_environment import environment_for
from workbook.runtime.run_records import opened_run
from workbook.runtime.waiting import wait_until

EXAMPLES = ROOT / "docs" / "going-further" / "examples"
FINAL = ("SUCCESS", "FAILURE")


@dataclass(frozen=True)
class Site:
    """A worker that is ready, its project, and the address of its Redis."""

    worker: Measured
    project: ProjectFolder
    redis_url: str

    def states(self) -> dict[str, str]:
        """Return the state of each task that has a result, by its id."""
        with contextlib.closing(sqlite3.connect(self.project.folder / "db.sqlite3")) as database:
            found = database.execute(
                "SELECT task_id, status FROM django_celery_results_taskresult"
                " WHERE status IN (?, ?)",
                FINAL,
            )
            return dict(found.fetchall())


@contextmanager
def worker_on(
    pool: str, prepare: Callable[[Path], None], more: str = "", **environment: str
) -> Iterator[Site]:
    """Run a worker with the options `pool` and `more` inside the block, on a copy of step 05.

    `prepare` is handed the copy's folder before anything starts.
    """
    with opened_run("a benchmark") as run, private_redis("server", run=run) as server:
        project = private_copy(find_project("05"), run.folder)
        prepare(project.folder)
        settings = environment_for(server.url, run_id=run.id) | FASTER | environment
        project.manage(settings, "migrate", "--noinput", "--verbosity", "0")
        command = shlex.split(f"celery -A config worker --loglevel=info {pool} {more}")
        log = run.folder / "worker.log"
        with measured(f"the worker {pool}", command, project.folder, settings, log) as worker:
            worker.await_word(" ready.")
            yield Site(worker, project, server.url)


def add_example(name: str, folder: Path) -> None:
    """Put an example of the guide over the project in `folder`; settings are added to its own."""
    for file in sorted((EXAMPLES / name).rglob("*.py")):
        target = folder / file.relative_to(EXAMPLES / name)
        if target.exists():
            target.write_text(target.read_text("utf-8") + "\n\n" + file.read_text("utf-8"), "utf-8")
        else:
            shutil.copy(file, target)


def changed(path: Path, old: str, new: str) -> None:
    """Change `old` into `new` in a file. Raises WorkbookError where the step has moved on."""
    text = path.read_text("utf-8")
    if old not in text:
        raise WorkbookError(
            f"{path.name} of step 05 holds no “{old}” any more: change the benchmark."
        )
    path.write_text(text.replace(old, new, 1), "utf-8")


def seconds_until(is_met: Callable[[], bool], at_most: float) -> float | None:
    """Return the seconds until `is_met`; None where it is not within `at_most` seconds."""
    since = time.monotonic()
    return time.monotonic() - since if wait_until(is_met, at_most) else None
