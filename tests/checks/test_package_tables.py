"""The tables of installed packages, copied: the database is the one that Django makes by itself."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from checks.harness.databases import package_tables
from checks.harness.project import opened_project
from checks.target import Target
from checks.verdicts import NotYet
from tests.support.edited_projects import Edit, edited_copy
from workbook.projects.steps import find_step

SETTINGS = "config/settings.py"
APPS = "    'django_celery_beat',\n    'django_celery_results',\n"
MODELS = """\
from django.db import models


class Note(models.Model):
    text = models.TextField()
"""
MIGRATION = """\
from django.db import migrations, models

ID = models.BigAutoField(
    auto_created=True, primary_key=True, serialize=False, verbose_name='ID'
)


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel('Note', [('id', ID), ('text', models.TextField())]),
    ]
"""
QUERIES = (
    "SELECT name, sql FROM sqlite_master",
    "SELECT app, name FROM django_migrations",
    "SELECT app_label, model FROM django_content_type",
    "SELECT codename, app_label, model FROM auth_permission AS one "
    "JOIN django_content_type AS kind ON kind.id = one.content_type_id",
)


def app_with_a_model(label: str) -> list[Edit]:
    """Return the edits that add an app with a model and its migration."""
    return [
        Edit(SETTINGS, APPS, f"{APPS}    '{label}',\n"),
        Edit(f"{label}/__init__.py", "", "\n"),
        Edit(f"{label}/models.py", "", MODELS),
        Edit(f"{label}/migrations/__init__.py", "", "\n"),
        Edit(f"{label}/migrations/0001_initial.py", "", MIGRATION),
    ]


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the tables, where none have been made yet."""
    folder = tmp_path / "tables"
    monkeypatch.setattr(package_tables, "TABLES", folder)
    return folder


def contents(folder: Path) -> list[list[tuple[object, ...]]]:
    """Migrate the project in `folder`; return its tables, and what Django put into them."""
    with opened_project(target(folder)) as project:
        assert project.migrated() == []
        with closing(sqlite3.connect(project.folder / "db.sqlite3")) as database:
            return [sorted(database.execute(query).fetchall(), key=str) for query in QUERIES]


def target(folder: Path) -> Target:
    """Return the project in `folder`, as one that step 01's checks look at."""
    return Target(folder, "named", find_step("01"))


@pytest.mark.parametrize("label", ["", "votes"], ids=["packages alone", "an app after them"])
def test_copied_tables_are_those_that_django_makes(
    label: str, tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = edited_copy(1, app_with_a_model(label) if label else [], tmp_path)
    made, copied = contents(project), contents(project)
    assert len(list(tables.iterdir())) == 1
    monkeypatch.setattr("checks.harness.project.lay_tables", lambda *_: None)
    assert made == copied == contents(project)


@pytest.mark.parametrize(
    "edits",
    [
        app_with_a_model("notes"),  # by its name, amid those of the packages
        [Edit(SETTINGS, APPS, f"{APPS}]\nMIGRATION_MODULES = {{'sessions': None}}\n_ = [")],
        [Edit(SETTINGS, APPS, f"{APPS}]\nDJANGO_CELERY_RESULTS_TASK_ID_MAX_LENGTH = 99\n_ = [")],
    ],
    ids=["an app amid them", "migrations elsewhere", "a setting that they read"],
)
def test_a_project_with_its_own_way_makes_all_tables(
    edits: list[Edit], tables: Path, tmp_path: Path
) -> None:
    assert contents(edited_copy(1, edits, tmp_path))
    assert not tables.exists()


def test_a_migration_that_fails_after_copied_tables_is_told(tables: Path, tmp_path: Path) -> None:
    project = edited_copy(1, app_with_a_model("votes"), tmp_path)
    contents(project)
    Edit(
        "votes/migrations/0001_initial.py", "CreateModel('Note', ", "CreateModel('Note', nothing="
    ).apply(project)
    with opened_project(target(project)) as opened, pytest.raises(NotYet) as told:
        opened.migrated()
    assert "nothing" in told.value.words


def test_tables_that_cannot_be_made_cost_nothing_but_time(
    tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package_tables, "MAKER", tmp_path / "nothing.py")
    assert contents(edited_copy(1, [], tmp_path))
    assert list(tables.iterdir()) == []
