"""`start`: the base of a step in work/, and nothing of the learner's lost."""

import shutil
import sys
from pathlib import Path

import pytest

from tests.support.workbook_copy import SmallWorkbook
from workbook.commands import start


def kept_beside(small: SmallWorkbook) -> list[Path]:
    return sorted(small.root.glob("work.*"))


def test_start_lays_the_step_before_and_says_so(small: SmallWorkbook):
    answer = small.call("start", "03")
    assert answer.returncode == 0, answer.stderr
    assert "the finished step 02: the base of step 03" in answer.stdout
    assert (small.work / "status/tasks.py").is_file()
    assert (small.work / ".env.example").is_file()
    assert not (small.work / "status/urls.py").exists()
    assert kept_beside(small) == []


def test_the_first_step_begins_with_an_empty_folder(small: SmallWorkbook):
    assert "begins with nothing" in small.call("start", "01").stdout
    assert list(small.work.iterdir()) == []
    # An empty folder holds nothing to keep.
    small.call("start", "1")
    assert kept_beside(small) == []


def test_what_was_there_is_kept_beside_however_often(small: SmallWorkbook):
    for text in ("one", "two", "three"):
        small.write({"mine.txt": text})
        assert "is kept in work." in small.call("start", "02").stdout
    kept = [(folder / "mine.txt").read_text() for folder in kept_beside(small)]
    assert sorted(kept) == ["one", "three", "two"]
    assert not (small.work / "mine.txt").exists()


def test_noise_of_a_run_in_steps_is_not_laid(small: SmallWorkbook):
    noise = {
        "db.sqlite3": "",
        "config/__pycache__/x.pyc": "",
        ".env": "",
        "celerybeat-schedule": "",
    }
    small.write(noise, below="steps/01-first")
    small.call("start", "02")
    names = {path.name for path in small.work.rglob("*")}
    assert names == {"config", "settings.py", "celery.py", ".env.example"}


def test_a_link_is_kept_as_a_link_and_its_target_is_left_alone(small: SmallWorkbook):
    elsewhere = small.root.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.txt").write_text("mine")
    small.work.symlink_to(elsewhere)
    assert small.call("start", "02").returncode == 0
    assert not small.work.is_symlink()
    (kept,) = kept_beside(small)
    assert kept.is_symlink()
    assert (elsewhere / "mine.txt").read_text() == "mine"


def test_a_killed_start_loses_nothing_and_the_next_one_clears_its_rest(small: SmallWorkbook):
    small.write({"mine.txt": "mine"})
    small.write({"half.txt": ""}, below=".workbook/laying")
    small.write({"idea.txt": "idea"}, below="work.new-idea")
    assert small.call("start", "02").returncode == 0
    assert not (small.work / "half.txt").exists()
    assert not (small.root / ".workbook/laying").exists()
    assert (small.root / "work.new-idea/idea.txt").read_text() == "idea"


def test_a_failing_exchange_puts_the_old_folder_back(tmp_path: Path):
    target = tmp_path / "work"
    target.mkdir()
    (target / "mine.txt").write_text("mine")
    with pytest.raises(FileNotFoundError):
        start.exchange(target, tmp_path / "not there")
    assert (target / "mine.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["work"]


def test_a_folder_that_cannot_be_written_gets_a_sentence(small: SmallWorkbook):
    small.write({"mine.txt": "mine"})
    (small.root / ".workbook").write_text("in the way")
    answer = small.call("start", "02")
    assert answer.returncode == 1
    assert "could not be laid" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert (small.work / "mine.txt").read_text() == "mine"


def test_two_starts_side_by_side_both_keep_what_they_found(small: SmallWorkbook):
    import subprocess

    small.write({"mine.txt": "mine"})
    code = "from workbook.cli import main; raise SystemExit(main(['start', '03']))"
    calls = [
        subprocess.Popen([sys.executable, "-c", code], cwd=small.root, stdout=subprocess.DEVNULL)
        for _ in range(4)
    ]
    assert [call.wait(timeout=30) for call in calls] == [0, 0, 0, 0]
    kept = kept_beside(small)
    assert len(kept) == 4
    assert sum((folder / "mine.txt").exists() for folder in kept) == 1
    shutil.rmtree(small.work)
