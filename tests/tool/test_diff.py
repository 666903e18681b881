"""`diff`: what a step changes, and work/ against a step."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.workbooks import SmallWorkbook


@pytest.fixture(params=["git", "no git"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A PATH with git alone, and one without it: both must show the same."""
    folder = tmp_path / "commands"
    folder.mkdir()
    if request.param == "git":
        (folder / "git").symlink_to(shutil.which("git"))
    return str(folder)


def test_it_shows_what_the_step_changes_with_short_names(small: SmallWorkbook, path: str):
    answer = small.call("diff", "02", PATH=path)
    assert answer.returncode == 0, answer.stderr
    assert "+++ 02/status/tasks.py" in answer.stdout
    assert "+def send_status(): ..." in answer.stdout
    assert "settings.py" not in answer.stdout
    assert str(small.root) not in answer.stdout


def test_the_first_step_is_compared_with_nothing(small: SmallWorkbook, path: str):
    answer = small.call("diff", "01", PATH=path)
    assert answer.returncode == 0
    assert "+++ 01/config/celery.py" in answer.stdout


def test_stat_names_the_files_alone(small: SmallWorkbook, path: str):
    answer = small.call("diff", "02", "--stat", PATH=path)
    assert "status/tasks.py" in answer.stdout
    assert "send_status" not in answer.stdout


def test_mine_compares_work_and_passes_over_noise(small: SmallWorkbook, path: str):
    small.call("start", "03")
    noise = {".env": "SECRET=1\n", "db.sqlite3": "x", "config/__pycache__/a.pyc": "x"}
    small.write(noise | {".gitignore": "*.log\n", "status/urls.py": "mine\n", "web.log": "x\n"})
    answer = small.call("diff", "03", "--mine", PATH=path)
    assert answer.returncode == 0
    assert "-mine" in answer.stdout
    assert "+path(" in answer.stdout
    assert not any(word in answer.stdout for word in ("SECRET", "sqlite3", ".pyc", "web.log"))


def test_equal_folders_are_said_to_be_the_same(small: SmallWorkbook, path: str):
    small.call("start", "03")
    assert "work/ and step 02 are the same" in small.call("diff", "02", "--mine", PATH=path).stdout


def test_mine_without_work_tells_the_way_out(small: SmallWorkbook):
    answer = small.call("diff", "03", "--mine")
    assert answer.returncode == 1
    assert "python3 workbook start 03" in answer.stderr
