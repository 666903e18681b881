"""The project's worker: waits until it answers, and counts what it has received.

Advice on its pool is step_05's.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

import celery

from checks.harness import readiness
from checks.harness.diagnosis.evidence import of_log
from checks.harness.diagnosis.explain import explain
from checks.harness.diagnosis.startup import ended
from checks.harness.server_process import Launched
from checks.pace import patience
from checks.verdicts import NotYet


def await_worker(app: celery.Celery, processes: Mapping[str, Launched]) -> None:
    """Wait until the process `worker` answers ping. Raises NotYet if it, or another one, doesn't.

    `app` speaks to its broker.
    """
    worker, start = processes["worker"], time.monotonic()
    while not readiness.is_late(worker, waited := time.monotonic() - start):
        for launched in processes.values():
            if launched.exit_code() is not None:
                raise ended(launched)
        if app.control.inspect(timeout=patience(0.2), limit=1).ping():
            return
    not_yet = NotYet(
        done=f"started worker: {worker.command}, and asked it with `inspect ping`",
        seen=f"no answer within {waited:.0f} s",
        expected="pong",
        look_at="config/celery.py: does the app take its settings from Django?",
        guide="01, Configure the Celery app",
        words=worker.log.tail(),
    )
    raise explain(not_yet, of_log(worker.log.text(), worker.log.project))


def received(app: celery.Celery, task: str, workers: int) -> int:
    """Return how many tasks of this name have been received so far behind `app`'s broker.

    No more `workers` are waited for than are there.
    """
    return sum(worker["total"].get(task, 0) for worker in _stats(app, workers))


def has_one_place(app: celery.Celery, workers: int) -> bool:
    """Tell whether one of so many `workers` does its tasks one after the other.

    Asked while it works on one, a worker without threads gives no answer.
    """
    return any(one["pool"].get("max-concurrency") == 1 for one in _stats(app, workers))


def _stats(app: celery.Celery, workers: int) -> Iterable[dict[str, Any]]:
    answers: dict[str, dict[str, Any]] | None = app.control.inspect(
        timeout=patience(2), limit=workers
    ).stats()
    return (answers or {}).values()
