"""Fault 7: many tasks at once, whose results are stored sixteen at a time in SQLite."""

import time
from collections import Counter
from uuid import uuid4

import pytest

from checks.harness.project import Project
from tests.faults.thresholds import Figures
from tests.support.edited_projects import Edit
from tests.support.skip_markers import REDIS_SERVER
from tests.support.tool_process import wait_until

pytestmark = REDIS_SERVER

SOME_TASKS, MANY_TASKS, STORED_SECONDS = 250, 1_000, 240
# A task that every worker has, and that touches no database itself. `celery.backend_cleanup`
# deletes rows: of a thousand at once one failed.
TASK = "celery.accumulate"
# Celery's own word where it has given up on a result.
LOCKED = "database is locked"
EDITS = (Edit("Procfile", "-P threads -c 10", "-P threads -c 16"),)


# The snapshots have no WAL, and it holds. Nothing was seen to make it fail.
@pytest.mark.parametrize("tasks", [SOME_TASKS, pytest.param(MANY_TASKS, marks=pytest.mark.long)])
@pytest.mark.takes_long("the results are stored, one after the other")
def test_many_results_are_stored_without_a_lock(tasks: int, step: Project, figure: Figures) -> None:
    ids = {str(uuid4()) for _ in range(tasks)}
    since = time.monotonic()
    for task_id in ids:
        step.app.send_task(TASK, task_id=task_id)

    def ends() -> Counter[str]:
        rows = step.ask("results")["rows"]
        return Counter(row["status"] for row in rows if row["task_id"] in ids)

    wait_until(lambda: ends()["SUCCESS"] == tasks, STORED_SECONDS, lambda: str(ends()))
    if tasks == MANY_TASKS:  # what the figure is of
        figure("stored", time.monotonic() - since)
    assert LOCKED not in step.process("worker").log.text()
