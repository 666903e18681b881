"""A setting with a slip in its name is named by the ✗ that it causes."""

from pathlib import Path

import pytest

from checks.harness.diagnosis.misspelt_settings import find_misspelt, lead_to_misspelt
from checks.verdicts import NotYet
from workbook.projects.steps import find_step

SETTINGS = "config/settings.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    find_step("05").copy_to(tmp_path / "project")
    return tmp_path / "project"


def rename(project: Path, name: str, to: str) -> None:
    file = project / SETTINGS
    text = file.read_text(encoding="utf-8")
    assert name in text
    file.write_text(text.replace(name, to), encoding="utf-8")


@pytest.mark.parametrize(
    ("meant", "name"),
    [
        ("CELERY_BROKER_TRANSPORT_OPTIONS", "CELERY_BROKER_TRANSPORT_OPTION"),
        ("CELERY_RESULT_BACKEND", "CELERY_RESULT_BACKND"),
        ("CELERY_BROKER_URL", "CELERY_BROKER_URI"),
        ("CELERY_BROKER_URL", "CELERY_BORKER_URL"),
        ("CELERY_TASK_TRACK_STARTED", "CELERY_TASK_TRACKED_STARTED"),
        ("CELERY_BEAT_SCHEDULER", "CELERY_BEAT_SHEDULER"),
    ],
)
def test_a_slip_is_found(project: Path, meant: str, name: str) -> None:
    rename(project, meant, name)
    found = find_misspelt(project)
    assert found
    assert (found.name, found.meant) == (name, meant)


@pytest.mark.parametrize("own", ["CELERY_MAILS_PER_HOUR", "CELERY_BROKER_REDIS_URL", "BROKER_UR"])
def test_a_setting_of_the_learners_own_is_none(project: Path, own: str) -> None:
    with (project / SETTINGS).open("a", encoding="utf-8") as file:
        file.write(f"\n{own} = 3\n")
    assert find_misspelt(project) is None


def test_a_cross_about_the_settings_names_it_and_another_does_not(project: Path) -> None:
    rename(project, "CELERY_RESULT_BACKEND", "CELERY_RESULT_BACKND")
    about = NotYet("read it", "none", "django-db", f"{SETTINGS}, CELERY_RESULT_BACKEND", "")
    lead_to_misspelt(about, project)
    assert "CELERY_RESULT_BACKND is none of Celery's settings" in about.look_at
    for knows_better in (
        "status/urls.py: which path?",
        f"{SETTINGS}, line 20: is config spelt right?",
        f"{SETTINGS}, CHANNEL_LAYERS: where is Redis?",
    ):
        other = NotYet("asked", "404", "200", knows_better, "")
        lead_to_misspelt(other, project)
        assert other.look_at == knows_better
    vague = NotYet("asked", "404", "200", f"{SETTINGS}: how long does Celery wait?", "")
    lead_to_misspelt(vague, project)
    assert "CELERY_RESULT_BACKND" in vague.look_at


def test_a_project_without_settings_has_none(tmp_path: Path) -> None:
    assert find_misspelt(tmp_path) is None
