"""What counts as a save in a project, and what does not."""

from pathlib import Path

import pytest

from tests.support.text_files import write_files
from workbook.projects.content import content_of, last_save

FILES = {"manage.py": "", "config/settings.py": "DEBUG = True\n", ".env": "A=1\n"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_files(tmp_path, FILES)
    return tmp_path


@pytest.mark.parametrize(
    "change",
    [
        {"config/settings.py": "DEBUG = False\n"},
        {".env": "A=2\n"},
        {"new.py": ""},
        {"x/y.html": ""},
    ],
)
def test_saved_files_are_another_content(project: Path, change: dict[str, str]) -> None:
    before = content_of(project)
    write_files(project, change)
    assert content_of(project) != before


def test_what_a_run_writes_is_the_same_content(project: Path) -> None:
    before, saved = content_of(project), last_save(project)
    write_files(
        project,
        {
            "db.sqlite3": "x",
            "config/__pycache__/a.pyc": "x",
            ".git/HEAD": "x",
            "celerybeat-schedule": "",
        },
    )
    (project / "named").write_bytes(b"SQLite format 3\0 and more")
    assert (content_of(project), last_save(project)) == (before, saved)


def test_folder_that_is_not_there_has_a_content(tmp_path: Path) -> None:
    assert content_of(tmp_path / "nowhere") == content_of(tmp_path)
    assert last_save(tmp_path / "nowhere") == 0
