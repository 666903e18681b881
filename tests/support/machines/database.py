"""What the machines' common database says of tasks: asked in SQL, past Django and Celery."""

from tests.support.machines.cluster import Cluster
from tests.support.tool_process import wait_until

RESULTS = "SELECT status, worker FROM django_celery_results_taskresult"
TICK = "every second"
EVERY_SECOND = """
WITH every AS (
    INSERT INTO django_celery_beat_intervalschedule (every, period)
    VALUES (1, 'seconds') RETURNING id
)
INSERT INTO django_celery_beat_periodictask (
    name, task, interval_id, args, kwargs, headers, description,
    enabled, one_off, total_run_count, date_changed
)
SELECT %s, %s, id, '[]', '{}', '{}', '', true, false, 0, now() FROM every
"""
SENT_AND_DONE = """
SELECT total_run_count, (
    SELECT count(*) FROM django_celery_results_taskresult WHERE periodic_task_name = %s
)
FROM django_celery_beat_periodictask WHERE name = %s
"""


def worker_of(machines: Cluster, task_id: str) -> str:
    """Return the queue whose worker has done a task; wait until the database says so."""
    asked = f"{RESULTS} WHERE task_id = %s AND status = 'SUCCESS'"
    wait_until(lambda: machines.rows(asked, task_id), 20, lambda: f"a result of {task_id}")
    worker = machines.rows(asked, task_id)[0][1]
    return worker.partition("@")[0]  # such as `slow` of `slow@vm`


def let_beat_tick(machines: Cluster) -> None:
    """Let a task be due every second. Called before beat starts: later it may need 5 s to see."""
    machines.rows(EVERY_SECOND, TICK, "celery.backend_cleanup")


def sent_and_done(machines: Cluster) -> tuple[int, int]:
    """Return how often beat says it has sent that task, and how often it was done."""
    return machines.rows(SENT_AND_DONE, TICK, TICK)[0]
