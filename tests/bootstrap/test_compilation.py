"""Packages are compiled once, beside what was called for, and in nobody's way."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.fake_installer import ECHO, entered
from tests.support.tool_process import wait_until
from tests.support.workbook_copy import SmallWorkbook
from workbook.runtime.process_tree import is_alive

NAMES = "from workbook.bootstrap import compilation;"


@pytest.fixture
def made(small: SmallWorkbook) -> Path:
    """A workbook whose environment is complete and holds one package, not compiled."""
    small.write({"cli.py": ECHO}, below="workbook")
    code = "import glob; open(glob.glob('.venv/lib/*/site-packages')[0] + '/one.py', 'w')"
    # As `run`, which has nothing compiled before its page is up.
    entered(small.root, "run", FAKE_UV=code)
    return small.root


def package(root: Path, name: str = "one") -> Path:
    return next(root.glob("*.venv/lib/python*/site-packages")) / f"{name}.py"


def compiled(root: Path, name: str = "one") -> bool:
    return any(package(root).parent.glob(f"__pycache__/{name}.*.pyc"))


def call(root: Path, code: str, **variables: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", NAMES + code],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)} | variables,
    )


@pytest.fixture
def slow(made: Path) -> Iterator[psutil.Process]:
    """A compilation that goes on in `made`: there is much to compile."""
    text = "\n".join(f"def f{number}(a):\n    return [a + {number}, a]" for number in range(400))
    for number in range(400):
        package(made, f"big{number}").write_text(text)
    started = call(made, "compilation.run(processes=1)")
    process = psutil.Process(started.pid)
    wait_until((made / ".workbook/compilation.pid").exists, 20)
    yield process
    started.kill()
    started.wait()


def test_run_compiles_nothing_before_its_page_is_up(made: Path) -> None:
    assert not compiled(made)


@pytest.mark.parametrize("switch", ["", "1"])
def test_a_short_verb_has_the_packages_compiled_beside_it(made: Path, switch: str) -> None:
    entered(made, "doctor", PYTHONDONTWRITEBYTECODE=switch)
    wait_until((made / ".venv/workbook-compiled").exists, 20)
    assert compiled(made)


def test_it_is_done_once(made: Path) -> None:
    assert call(made, "compilation.run(processes=0)").wait(30) == 0
    shutil.rmtree(package(made).parent / "__pycache__")
    assert call(made, "assert not compilation.is_due(); compilation.run(processes=1)").wait(30) == 0
    assert not compiled(made)


def test_one_at_a_time(made: Path, slow: psutil.Process) -> None:
    began = time.monotonic()
    assert call(made, "compilation.run(processes=1)").wait(30) == 0
    assert time.monotonic() - began < 5
    assert slow.is_running()
    assert (made / ".workbook/compilation.pid").read_text() == str(slow.pid)


def test_a_compilation_that_was_done_leaves_no_number_to_signal(made: Path) -> None:
    assert call(made, "compilation.run(processes=1)").wait(30) == 0
    assert (made / ".venv/workbook-compiled").exists()
    assert not (made / ".workbook/compilation.pid").exists()


def test_a_compilation_that_was_ended_leaves_no_number_to_signal(
    made: Path, slow: psutil.Process
) -> None:
    assert call(made, "compilation.end_compilation()").wait(30) == 0
    assert not is_alive(slow)
    assert not (made / ".workbook/compilation.pid").exists()


def test_it_has_the_lowest_priority(slow: psutil.Process) -> None:
    wait_until(lambda: slow.nice() == 19, 20)


def test_it_ends_before_the_environment_changes(made: Path, slow: psutil.Process) -> None:
    with (made / "Pipfile.lock").open("a", encoding="utf-8") as lock:
        lock.write("\n")
    entered(made, "run")
    assert not is_alive(slow)
    assert call(made, "assert compilation.is_due()").wait(30) == 0


REPLACES_IT = """
from pathlib import Path
took = compilation._take_turn
def replaced():
    Path(".venv").rename("away.venv")
    Path(".venv").mkdir()
    return took()
compilation._take_turn = replaced
compilation.run(processes=1)
"""


def test_an_environment_that_is_replaced_at_the_start_is_not_called_compiled(made: Path) -> None:
    assert call(made, f"\n{REPLACES_IT}").wait(30) == 0
    assert list((made / ".venv").iterdir()) == []


def test_stops_where_the_environment_is_replaced(made: Path, slow: psutil.Process) -> None:
    (made / ".venv").rename(made / "away.venv")
    (made / ".venv").mkdir()
    wait_until(lambda: not is_alive(slow), 20)
    assert list((made / ".venv").iterdir()) == []
