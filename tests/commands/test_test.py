"""`test`: what holds a time runs by itself at the end, and what fails has failed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.text_files import write_files
from workbook.commands import test
from workbook.paths import ROOT

HOLDS = "def test_that_holds(): pass"
FAILS = "def test_that_fails(): assert False"
TIMED = """
import os, pytest

@pytest.mark.alone
def test_that_wants_the_machine_for_itself():
    assert "PYTEST_XDIST_WORKER" not in os.environ
"""
FAILS_ONCE = """
from pathlib import Path

def test_that_holds_the_second_time():
    tried = Path(__file__).with_name("tried")
    was_tried = tried.exists()
    tried.touch()
    assert was_tried
"""

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs test modules of the given texts, as `workbook test` does."""
    monkeypatch.setattr(test, "ROOT", tmp_path)
    monkeypatch.setattr(test, "WORKERS", 1)
    monkeypatch.setattr(test, "WORKERS_OF_A_CHOICE", 1)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    # These tests may themselves run beside others.
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = alone\n", encoding="utf-8")

    def run_modules(*texts: str, arguments: tuple[str, ...] = (), **options: int) -> int:
        write_files(tmp_path, {f"test_{number}.py": text for number, text in enumerate(texts)})
        return test.run_tests(arguments, everything=False, **options)

    return run_modules


def test_what_holds_a_time_runs_by_itself_after_the_others(run: Run, capfd):
    assert run(HOLDS, TIMED) == 0
    beside, alone = capfd.readouterr().out.split("What holds a time runs by itself:")
    assert "1 passed" in beside
    assert "1 passed, 1 deselected" in alone


def test_without_a_test_that_holds_a_time_all_is_well(run: Run):
    assert run(HOLDS) == 0


@pytest.mark.parametrize("failing", [FAILS, TIMED.replace("not in", "in")])
def test_a_failure_beside_others_or_alone_is_a_failure(run: Run, failing: str):
    assert run(HOLDS, failing) == 1


def test_what_failed_once_is_tried_no_second_time(run: Run):
    assert run(FAILS_ONCE, HOLDS) == 1


def test_a_choice_of_tests_runs_at_once(run: Run, capfd):
    assert run(HOLDS, FAILS, arguments=("test_0.py",)) == 0
    assert "by itself" not in capfd.readouterr().out


def test_the_dearest_are_named_with_what_they_start(run: Run, capfd):
    starts = "import subprocess, sys\ndef test_slow(): subprocess.run(COMMAND)"
    command = "[sys.executable, '-c', 'import time; time.sleep(3)', 'celery worker']"
    code = run(HOLDS, starts.replace("COMMAND", command), arguments=("-q", "."), dearest=1)
    assert code == 0
    said = capfd.readouterr().out
    assert "the 1 dearest tests" in said
    assert "test_1.py::test_slow" in said
    assert "1 worker" in said


def test_versions_hands_the_named_pythons_on_and_returns_how_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd
):
    monkeypatch.setattr(test, "ROOT", tmp_path)
    program = "import sys; print('trying', *sys.argv[1:]); sys.exit(1)"
    write_files(tmp_path, {"tests/versions/__main__.py": program})
    assert test.try_versions(["3.14", "3.15"]) == 1
    assert "trying 3.14 3.15" in capfd.readouterr().out


def test_the_rounds_on_windows_are_asked_for_by_name(run: Run, capfd, monkeypatch, tmp_path: Path):
    """Where an ordinary run has no round there, they are left out without the option."""
    (tmp_path / "conftest.py").write_text(
        "import tests.conftest\n"
        "from tests.conftest import pytest_addoption, pytest_collection_modifyitems  # noqa\n"
        "tests.conftest.WINDOWS_BY_DEFAULT = False\n",
        encoding="utf-8",
    )
    marked = "import pytest\n@pytest.mark.windows\ndef test_that_needs_windows(): pass\n"
    ini = "[pytest]\nmarkers = alone\n  windows\n  long\n"
    (tmp_path / "pytest.ini").write_text(ini, encoding="utf-8")
    assert run(marked, HOLDS) == 0
    beside, _ = capfd.readouterr().out.split("What holds a time runs by itself:")
    assert "1 passed" in beside
    monkeypatch.setattr(test, "WINDOWS", "test_0.py")
    assert test.run_windows([], everything=False) == 0
    assert "1 passed" in capfd.readouterr().out
    # An option names no tests: it is not the whole suite then.
    assert test.run_windows(["-k", "windows or holds"], everything=False) == 0
    assert "1 passed" in capfd.readouterr().out
    assert test.run_windows(["test_1.py"], everything=False) == 0
    assert "test_1.py ." in capfd.readouterr().out
