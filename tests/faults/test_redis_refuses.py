"""Fault 12: Redis answers, but takes no writes, as one does that a failover made a replica of."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from checks.clients.http_client import Visitor
from checks.harness.project import Project
from tests.faults.running_project import lives, polls_until, post
from tests.faults.thresholds import Figures
from tests.support.edited_projects import Edit
from tests.support.skip_markers import REDIS_SERVER
from tests.support.tool_process import wait_until
from workbook.runtime.ports import LOOPBACK, free_port

pytestmark = REDIS_SERVER

IN_WORDS, WAITING, ENDED = "can’t be reached", "Is one running?", "Unrecoverable error"
END_SECONDS, DONE_SECONDS = 60, 60
# Celery's own cure is the exception that the view catches.
CURES = (Edit("status/views.py", "except OperationalError:", "except ZeroDivisionError:"),)


def test_refusing_redis_is_said_and_ends_the_worker(
    step: Project, visitor: Visitor, figure: Figures
) -> None:
    assert post(visitor).is_fine
    with replica(step):
        refused = post(visitor)
        assert refused.status == 503, refused.seen
        assert IN_WORDS in refused.words
        figure("refusing", refused.seconds)
        wait_until(lambda: not lives(step.process("worker")), END_SECONDS)
    assert ENDED in step.process("worker").log.text()
    # Redis takes writes again, and nobody works: the page says so.
    [task_id] = post(visitor).task_ids()
    assert WAITING in visitor.get(f"/check-status/{task_id}/").words
    since = time.monotonic()
    # What systemd's Restart=always does.
    step.restart("worker")
    polls_until(visitor, task_id, "SUCCESS", DONE_SECONDS)
    figure("restarted worker", time.monotonic() - since)


@contextmanager
def replica(step: Project) -> Iterator[None]:
    """Make Redis a replica of nobody inside the block."""
    with redis.Redis.from_url(step.redis.url) as client:
        client.replicaof(LOOPBACK, free_port())
        try:
            yield
        finally:
            client.replicaof("NO", "ONE")
