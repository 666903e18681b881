"""What the pools cost on tasks that wait: time until all are done, and memory."""

import shutil
from collections.abc import Sequence
from functools import partial

from redis import Redis

from benchmarks.pools import sleeping
from benchmarks.pools.results import WaitingRow
from benchmarks.pools.workers import seconds_until, worker_on
from benchmarks.support.statistics_summary import figure
from checks.harness.celery_app import app_for
from workbook.errors import WorkbookError
from workbook.runtime.process_tree import trees

TASK, QUEUE = "sleeping.sleep_for_a_second", "sleeping"
TASKS = 100
POOLS = (
    "-P prefork -c 10",
    "-P threads -c 10",
    "-P gevent -c 10",
    "-P threads -c 100",
    "-P gevent -c 100",
)
AT_MOST_SECONDS = 120
MIB = 2**20


def waiting_round(pool: str) -> tuple[float, float, int]:
    """Return the seconds until TASKS are done, and the worker's memory (MiB) and processes then.

    Raises WorkbookError where they are not done in time.
    """
    add_task = partial(shutil.copy, sleeping.__file__)
    with worker_on(pool, add_task, f"-I sleeping -Q {QUEUE}") as site:
        with app_for(site.redis_url) as sender, Redis.from_url(site.redis_url) as client:
            for _ in range(TASKS):
                sender.send_task(TASK, queue=QUEUE)
            took = seconds_until(
                lambda: int(client.get(sleeping.DONE) or 0) == TASKS, AT_MOST_SECONDS
            )
        if took is None:
            raise WorkbookError(f"{TASKS} tasks were not done within {AT_MOST_SECONDS} s: {pool}")
        return took, site.worker.memory_bytes() / MIB, len(trees([site.worker.popen.pid]))


def waiting_row(pool: str, rounds: Sequence[tuple[float, float, int]]) -> WaitingRow:
    """Return the medians of a pool's rounds."""
    took, memory, processes = zip(*rounds, strict=True)
    return WaitingRow(
        pool, figure([[one] for one in took]), figure([[one] for one in memory]), max(processes)
    )
