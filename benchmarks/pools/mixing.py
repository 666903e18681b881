"""What breaks where runs with event loops share a worker with tasks that have none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pools.results import MixingRow
from benchmarks.pools.workers import Site, add_example, changed, seconds_until, worker_on
from checks.harness.celery_app import app_for

RUN, UNRELATED = "status.tasks.send_status_periodically", "celery.backend_cleanup"
RUNS, UNRELATED_COUNT = 40, 200
INTERVAL_SECONDS = 1
# A run takes four intervals; all go on side by side. What has no result then never gets one.
AT_MOST_SECONDS = 40


def shared(folder: Path) -> None:
    """Let every run send to every page: with the lock only one would go on. Each has a result."""
    add_example("wal", folder)
    changed(folder / "status/tasks.py", ", ignore_result=True)", ")")
    changed(folder / "status/tasks.py", "redis.lock('status-run'", "redis.lock(str(time())")
    changed(folder / "status/tasks.py", "from time import sleep", "from time import sleep, time")


def with_way_out(folder: Path) -> None:
    """Send from a real thread, as the guide's page on gevent says."""
    shared(folder)
    add_example("gevent", folder)
    own = "\n\ndef broadcast("
    changed(folder / "status/tasks.py", own, f"\n\nfrom .greenlets import group_send\n{own}")
    changed(
        folder / "status/tasks.py", "async_to_sync(get_channel_layer().group_send)(", "group_send("
    )


@dataclass(frozen=True)
class Kind:
    """A worker to be compared: what the table calls it, its options, and its project's changes."""

    label: str
    pool: str
    prepare: Callable[[Path], None]


KINDS = (
    Kind("-P gevent", "-P gevent -c 100", shared),
    Kind("-P threads", "-P threads -c 100", shared),
    Kind("-P gevent, with the way out below", "-P gevent -c 100", with_way_out),
)


def mixing_round(kind: Kind) -> tuple[int, int]:
    """Return how many of the RUNS succeeded, and how many unrelated tasks have a result."""
    with worker_on(kind.pool, kind.prepare, STATUS_INTERVAL=str(INTERVAL_SECONDS)) as site:
        runs, unrelated = sent(site, RUN, RUNS), sent(site, UNRELATED, UNRELATED_COUNT)
        seconds_until(lambda: len(site.states()) == RUNS + UNRELATED_COUNT, AT_MOST_SECONDS)
        states = site.states()
    well = sum(states.get(task_id) == "SUCCESS" for task_id in runs)
    return well, sum(states.get(task_id) == "SUCCESS" for task_id in unrelated)


def sent(site: Site, name: str, count: int) -> list[str]:
    """Send a task `count` times; return the ids."""
    with app_for(site.redis_url) as sender:
        return [sender.send_task(name).id for _ in range(count)]


def mixing_row(kind: Kind, rounds: Sequence[tuple[int, int]]) -> MixingRow:
    """Add up the rounds of a worker."""
    well, with_result = (sum(column) for column in zip(*rounds, strict=True))
    count = len(rounds)
    return MixingRow(kind.label, RUNS * count, well, UNRELATED_COUNT * count, with_result)
