"""A task that was sent days ago, as a copy's tables tell it: its result has been cleaned up."""

import sqlite3
from contextlib import closing
from pathlib import Path

from checks.harness.databases.project_databases import files_of
from checks.harness.project import Project
from checks.pace import patience

DAY = 24 * 60 * 60
RESULTS = "django_celery_results_taskresult"
# How Django calls a moment's column in SQLite.
MOMENT = "datetime"
BUSY_SECONDS = patience(5)


def age(project: Project, task_id: str, seconds: float) -> bool:
    """Move the rows that name a task so many seconds into the past, and delete its result.

    Returns False where no row of the learner's own tables names it beside a moment: then nothing
    is known of when it was sent.
    """
    aged = [_age_in(one, task_id, seconds) for one in files_of(project.databases, project.folder)]
    return any(aged)


def _age_in(file: Path, task_id: str, seconds: float) -> bool:
    # At once: a transaction that has read, and wants to write, waits for no other that writes.
    # https://www.sqlite.org/lang_transaction.html#immediate
    connected = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level="IMMEDIATE")
    with closing(connected) as database, database:
        found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = [name for (name,) in found]
        own = [name for name in tables if name != RESULTS]
        aged = [_age_rows(database, name, task_id, seconds) for name in own]
        if RESULTS in tables:
            database.execute(f"DELETE FROM {RESULTS} WHERE task_id = ?", (task_id,))
        return any(aged)


def _age_rows(database: sqlite3.Connection, table: str, task_id: str, seconds: float) -> bool:
    columns = list(database.execute(f'PRAGMA table_info("{table}")'))
    moments = [name for _, name, kind, *_ in columns if kind == MOMENT]
    if not moments:
        return False
    rows = database.execute(f'SELECT rowid, * FROM "{table}"').fetchall()
    named = [(rowid,) for rowid, *values in rows if any(_names(one, task_id) for one in values)]
    changes = ", ".join(
        f'"{name}" = datetime("{name}", \'-{seconds:.0f} seconds\')' for name in moments
    )
    database.executemany(f'UPDATE "{table}" SET {changes} WHERE rowid = ?', named)
    return bool(named)


def _names(value: object, task_id: str) -> bool:
    """Tell whether a column holds the id: Django stores a UUID without its hyphens."""
    return isinstance(value, str) and value.replace("-", "") == task_id.replace("-", "")
