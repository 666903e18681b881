"""How long a page may show a task is told by how long Celery keeps its result."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from checks.step_03.aged_task import DAY, RESULTS, age
from checks.step_03.test_poll_task_status import _require_forgotten

TASK_ID = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def project(tmp_path: Path) -> SimpleNamespace:
    """Return a project with one task in its tables, which others stand before."""
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database, database:
        database.execute("CREATE TABLE others (made_at datetime)")
        database.execute("CREATE TABLE sent (task_id char(32), sent_at datetime)")
        database.execute(f"CREATE TABLE {RESULTS} (task_id text)")
        database.execute(
            "INSERT INTO sent VALUES (?, '2026-03-20 10:00:00')", (TASK_ID.replace("-", ""),)
        )
        database.execute(f"INSERT INTO {RESULTS} VALUES (?)", (TASK_ID,))
    sqlite = {"engine": "django.db.backends.sqlite3", "name": "db.sqlite3"}
    return SimpleNamespace(databases={"default": sqlite}, folder=tmp_path)


def test_a_row_is_moved_as_far_as_it_is_told_and_its_result_is_gone(
    project: SimpleNamespace,
) -> None:
    assert age(project, TASK_ID, 8 * DAY)
    with closing(sqlite3.connect(project.folder / "db.sqlite3")) as database:
        assert database.execute("SELECT sent_at FROM sent").fetchall() == [("2026-03-12 10:00:00",)]
        assert database.execute(f"SELECT * FROM {RESULTS}").fetchall() == []


def test_a_process_that_writes_meanwhile_is_waited_for(project: SimpleNamespace) -> None:
    file = project.folder / "db.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        written = threading.Timer(0.5, writer.execute, ["COMMIT"])
        written.start()
        assert age(project, TASK_ID, 8 * DAY)
        written.join(10)


@pytest.mark.parametrize("expires", [None, 0])
def test_a_result_that_is_kept_for_ever_may_be_shown_for_ever(expires: int | None) -> None:
    project = SimpleNamespace(loaded=lambda: {"result_expires": expires})
    _require_forgotten(project, None, TASK_ID)  # asks for no page
