"""A worker whose database was locked: a mistake, unless others had the processor for so long."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from checks.clients.background import Later
from checks.harness.process_log import ProcessLog
from checks.step_05.status_run import WatchedRun
from checks.step_05.test_websocket_celery import test_the_worker_logs_no_error as logs_no_error
from checks.verdicts import CannotTell, NotYet

LOCKED = """\
[…: ERROR/MainProcess] Task x[1] raised unexpected: OperationalError('database is locked')
django.db.utils.OperationalError: database is locked
"""
OTHER = LOCKED.replace("database is locked", "no such table: status_senttask")
BEFORE = 20.0  # seconds that others had taken from the worker when the run began


@pytest.mark.parametrize(
    ("said", "held_up", "ends"),
    [
        (LOCKED, 12.0, CannotTell),
        (LOCKED, 0.5, NotYet),
        (OTHER, 12.0, NotYet),
        (LOCKED + OTHER, 12.0, NotYet),
    ],
)
def test_a_busy_machine_is_no_mistake(
    tmp_path: Path, said: str, held_up: float, ends: type[Exception]
) -> None:
    log = tmp_path / "worker.log"
    log.write_text(said, encoding="utf-8")
    worker = SimpleNamespace(
        log=ProcessLog(log, tmp_path),
        command="celery -A config worker",
        held_up_seconds=lambda: BEFORE + held_up,
    )
    project = SimpleNamespace(process=lambda role: worker, folder=tmp_path)
    with pytest.raises(ends):
        logs_no_error(project, Later(lambda: WatchedRun(log_place=0, held_up_seconds=BEFORE)))
