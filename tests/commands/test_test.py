"""`test`: what failed while others ran beside it gets a second chance, and one only."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbook.commands import test

ALONE = """
import os

def test_that_wants_the_machine_for_itself():
    assert "PYTEST_XDIST_WORKER" not in os.environ
"""
WRONG = """
import pytest

@pytest.mark.parametrize("number", range(NUMBER))
def test_that_never_holds(number):
    assert False
"""
RIGHT = "def test_that_holds(): pass"


@pytest.fixture
def tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(test, "ROOT", tmp_path)
    # These tests may themselves run beside others.
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    (tmp_path / "pytest.ini").write_text("[pytest]", encoding="utf-8")
    (tmp_path / "test_right.py").write_text(RIGHT, encoding="utf-8")
    return tmp_path


def write(tests: Path, text: str) -> None:
    (tests / "test_other.py").write_text(text, encoding="utf-8")


def test_what_failed_beside_others_runs_again_by_itself(tests: Path, capfd):
    write(tests, ALONE)
    assert test.run_tests([], everything=False) == 0
    said = capfd.readouterr().out
    assert "1 failed, 1 passed" in said
    assert "Of those side by side 1 failed. They run again, one by one:" in said


def test_what_fails_twice_is_a_failure(tests: Path, capfd):
    write(tests, WRONG.replace("NUMBER", "2"))
    assert test.run_tests([], everything=False) == 1
    assert "They run again" in capfd.readouterr().out


def test_many_failures_are_no_accident(tests: Path, capfd):
    write(tests, WRONG.replace("NUMBER", str(test.MOST_AGAIN + 1)))
    assert test.run_tests([], everything=False) == 1
    assert "They run again" not in capfd.readouterr().out


def test_a_choice_of_tests_runs_once(tests: Path, capfd):
    write(tests, ALONE)
    assert test.run_tests(["test_other.py"], everything=False) == 1
    assert "They run again" not in capfd.readouterr().out


def test_versions_hands_the_named_pythons_on_and_returns_how_it_ended(tests: Path, capfd):
    (tests / "tests" / "versions").mkdir(parents=True)
    (tests / "tests" / "versions" / "__main__.py").write_text(
        "import sys; print('trying', *sys.argv[1:]); sys.exit(1)", encoding="utf-8"
    )
    assert test.try_versions(["3.14", "3.15"]) == 1
    assert "trying 3.14 3.15" in capfd.readouterr().out
