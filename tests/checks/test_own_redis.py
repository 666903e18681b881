"""A project that would reach another Redis than the run's own is not started, and is told why."""

from pathlib import Path

import pytest

from checks.harness.preflight import require_results_in_database
from checks.harness.project import opened_project
from checks.target import Target
from checks.verdicts import NotYet
from tests.support.edited_projects import Appending, Change, edited_copy
from workbook.projects.steps import find_step

SETTINGS = "config/settings.py"
LAPTOP = "redis://localhost:6379"
BACKEND = "CELERY_RESULT_BACKEND"
STORED = {
    "result_backend": "django-db",
    "celery_variables": [],
    "installed_apps": ["django_celery_results"],
}


def told_of(step: int, folder: Path, *edits: Change) -> NotYet:
    """Return what is said of a project as it is prepared, and assert that nothing was started."""
    target = Target(edited_copy(step, edits, folder), "named", find_step(f"{step:02}"))
    with opened_project(target, ["web", "worker"]) as project:
        with pytest.raises(NotYet) as told:
            project.running()
        assert not project._launched
    return told.value


def test_results_in_a_redis_are_told_from_step_02_on(tmp_path: Path) -> None:
    told = told_of(2, tmp_path, Appending(SETTINGS, f"{BACKEND} = '{LAPTOP}/1'"))
    assert told.seen == f"{LAPTOP}/1"
    assert told.look_at == f"{SETTINGS}, {BACKEND}"


def test_a_variable_that_leads_results_to_a_redis_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(BACKEND, f"{LAPTOP}/1")
    told = told_of(2, tmp_path)
    assert told.seen == f"{LAPTOP}/1"
    assert told.look_at.startswith(f"the environment: its {BACKEND} wins")


def test_results_without_their_app_lead_to_the_apps() -> None:
    require_results_in_database(STORED, in_database=True)
    with pytest.raises(NotYet) as told:
        require_results_in_database(STORED | {"installed_apps": []}, in_database=False)
    assert told.value.seen == "django-db, and no django_celery_results among the apps"
    assert told.value.look_at.endswith("INSTALLED_APPS")
