"""A database server is no mistake: the checks leave its address out, or say what they need."""

from pathlib import Path

import pytest

from checks.harness.databases.project_databases import (
    are_own,
    delete,
    files_of,
    require_own,
    variables_of,
)
from checks.verdicts import CannotTell, NotYet
from tests.support.edited_projects import Appending, checks_on, edited_copy
from tests.support.forked_pytest import PytestOutput
from tests.support.plain_settings import DATABASE_URL, POSTGRES, SETTINGS

SQLITE = "django.db.backends.sqlite3"
SECRET = "secret-of-mine"
# A database server without anything else to fall back on.
REQUIRED = DATABASE_URL.replace(", default=f\"sqlite:///{BASE_DIR / 'db.sqlite3'}\"", "")


@pytest.mark.parametrize(
    "line",
    [
        f"DATABASE_URL={POSTGRES}",
        f"export DATABASE_URL='{POSTGRES}'",
        "DATABASE_URL = postgresql+psycopg://me@db.example/workbook",
        "SQL_ENGINE=django.db.backends.postgresql",
        "DB_HOST=db.example",
        "POSTGRES_PASSWORD=of-mine",
        "PGHOST=db.example",
        "MYSQL_DATABASE=workbook",
        "WHERE_MY_DATA_IS=mysql://db.example/workbook",
        "DATABASE_URL=sqlite:////home/me/workbook.sqlite3",
    ],
)
def test_a_variable_that_leads_to_a_database_is_known(line: str) -> None:
    name = line.removeprefix("export ").partition("=")[0].strip()
    assert variables_of({}, f"DEBUG=True\n{line}\n") == {name}


@pytest.mark.parametrize(
    "line",
    [
        "CELERY_BROKER_REDIS_URL=redis://localhost:6379",
        "SECRET_KEY=postgres",
        "DEBUG=True",
        "# DATABASE_URL=postgres://db.example/workbook",
        "FEEDBACK_URL=https://example.com/db",
    ],
)
def test_any_other_variable_stays(line: str) -> None:
    assert not variables_of({}, f"{line}\n")


def test_an_sqlite_file_of_the_copy_is_its_own(tmp_path: Path) -> None:
    assert are_own({"default": {"engine": SQLITE, "name": "data/app.db"}}, tmp_path)
    assert are_own({"default": {"engine": SQLITE, "name": str(tmp_path / "a.db")}}, tmp_path)
    assert not are_own({"default": {"engine": SQLITE, "name": "/var/lib/a.db"}}, tmp_path)


@pytest.mark.parametrize(
    "engine", ["django.db.backends.postgresql", "django.db.backends.mysql", "psqlextra.backend"]
)
def test_a_server_cannot_be_told_and_the_words_say_how_to_let_the_checks_have_sqlite(
    engine: str, tmp_path: Path
) -> None:
    databases = {"default": {"engine": engine, "name": "workbook"}}
    with pytest.raises(CannotTell) as told:
        require_own(databases, tmp_path, ["DATABASE_URL"])
    reason = told.value.reason
    assert f"DATABASES['default'] is {engine}. The checks need SQLite" in reason
    assert "fall back on an SQLite file below BASE_DIR where DATABASE_URL is unset" in reason


@pytest.mark.parametrize("engine", ["django.db.backends.sqlite", "none"])
def test_no_engine_at_all_is_a_mistake(engine: str, tmp_path: Path) -> None:
    with pytest.raises(NotYet) as not_yet:
        require_own({"default": {"engine": engine, "name": "db.sqlite3"}}, tmp_path, [])
    assert f"DATABASES['default'] is {engine}" in not_yet.value.seen


def test_the_learners_own_tables_do_not_come_along(tmp_path: Path) -> None:
    for name in ("app.db", "app.db-wal", "other.db"):
        (tmp_path / name).touch()
    for file in files_of({"default": {"engine": SQLITE, "name": "app.db"}}, tmp_path):
        delete(file)
    assert [file.name for file in tmp_path.iterdir()] == ["other.db"]


def test_postgresql_by_address_is_no_wrong_answer(tmp_path: Path) -> None:
    said = _loaded(
        tmp_path, Appending(SETTINGS, REQUIRED), Appending(".env", f"DATABASE_URL={POSTGRES}")
    )
    assert said.code == 2, said.text
    assert "✗" not in said.text
    assert "The checks need SQLite" in said.flat
    assert SECRET not in said.text


def test_postgresql_written_down_is_no_wrong_answer(tmp_path: Path) -> None:
    line = "DATABASES['default'] = {'ENGINE': 'django.db.backends.postgresql', 'NAME': 'workbook'}"
    said = _loaded(tmp_path, Appending(SETTINGS, line))
    assert said.code == 2, said.text
    assert "The checks need SQLite" in said.flat


def test_an_address_that_can_be_left_out_is_left_out(tmp_path: Path) -> None:
    env_file = Appending(".env", f"DATABASE_URL={POSTGRES}")
    said = _loaded(tmp_path, Appending(SETTINGS, DATABASE_URL), env_file)
    assert said.code == 0, said.text


def _loaded(folder: Path, *edits: Appending) -> PytestOutput:
    return checks_on(1, edited_copy(1, edits, folder), only="test_django_loads_your_project")
