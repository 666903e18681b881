"""The project's worker: waits until it answers.

Advice on its pool is step_05's.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

import celery

from checks.harness import readiness
from checks.harness.diagnosis.evidence import Evidence
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
    raise explain(not_yet, Evidence(worker.log.text(), worker.log.project))
