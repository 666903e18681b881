"""Limits of time on a slow machine: longer there, and on a usual one as they are written."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from checks import pace
from tests.support.commands import run_command
from workbook.paths import ROOT

# Begins to listen later than the limit for a usual machine, and before that for a slow one.
SLOW_WEB = 'web: python -c "import time; time.sleep(14)" && python manage.py runserver $PORT\n'


@pytest.fixture(autouse=True)
def measured_again(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(pace.VARIABLE)
    pace.slowness.cache_clear()
    yield
    pace.slowness.cache_clear()


def steps_take(monkeypatch: pytest.MonkeyPatch, *seconds: float) -> list[float]:
    left = list(seconds)
    monkeypatch.setattr(pace, "step_seconds", lambda: left.pop(0))
    return left


def test_on_a_usual_machine_every_limit_is_as_written(monkeypatch: pytest.MonkeyPatch):
    left = steps_take(monkeypatch, 0.016, 9)
    assert (pace.patience(12), pace.delay(12)) == (12, 0)
    assert left == [9], "one look is enough there"


def test_on_a_slow_machine_a_limit_is_longer_in_proportion(monkeypatch: pytest.MonkeyPatch):
    steps_take(monkeypatch, 0.2, 0.09, 0.1)
    assert pace.patience(12) == 36
    assert pace.delay(2) == 4


def test_one_disturbed_look_makes_no_machine_slow(monkeypatch: pytest.MonkeyPatch):
    steps_take(monkeypatch, 0.9, 0.02)
    assert pace.slowness() == 1


def test_the_longest_limit_has_an_end(monkeypatch: pytest.MonkeyPatch):
    steps_take(monkeypatch, 9, 9, 9)
    assert pace.slowness() == pace.MOST


def test_a_step_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pace, "STEP", (sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(pace, "LONGEST_SECONDS", 0.3)
    assert 0.3 <= pace.step_seconds() < 10


def waits_of(module: str, slowness: str) -> dict[str, float]:
    """Return how long a module of the checks waits on a machine so slow, by its constants."""
    code = f"import json, {module} as one; print(json.dumps({{name: value for name, value in "
    code += "vars(one).items() if name.endswith('_SECONDS')}))"
    environment = os.environ | {pace.VARIABLE: slowness}
    return json.loads(run_command([sys.executable, "-c", code], ROOT, environment).stdout)


@pytest.mark.parametrize(
    "module",
    [
        "checks.common.connection_sign",
        "checks.robust.silent_network",
        "checks.step_03.browser_session",
    ],
)
def test_a_page_in_a_browser_is_waited_for_longer_on_a_slow_machine(module: str):
    usual = waits_of(module, "1")
    assert usual
    assert waits_of(module, "2") == {name: 2 * seconds for name, seconds in usual.items()}


def check_01(project: Path, slowness: str) -> str:
    """Return what the checks of step 01 say of a project on a machine so slow."""
    command = [sys.executable, "-m", "pytest", "-k", "start", "checks/step_01", "--target"]
    environment = os.environ | {pace.VARIABLE: slowness}
    return run_command([*command, str(project)], ROOT, environment).stdout


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the checks say of a server that begins after 14 s: on a usual machine, and a slow one.

    Both at once, for both wait.
    """
    folder = tmp_path_factory.mktemp("slow") / "project"
    shutil.copytree(ROOT / "steps" / "01-configure-celery", folder)
    lines = (folder / "Procfile").read_text(encoding="utf-8").splitlines(keepends=True)
    others = [line for line in lines if not line.startswith("web:")]
    (folder / "Procfile").write_text(SLOW_WEB + "".join(others), encoding="utf-8")
    with ThreadPoolExecutor() as pool:
        said = {slowness: pool.submit(check_01, folder, slowness) for slowness in ("1", "3")}
    return {slowness: one.result() for slowness, one in said.items()}


@pytest.mark.takes_long("a server begins after fourteen seconds")
def test_a_slow_server_is_no_mistake_on_a_slow_machine(verdicts: dict[str, str]):
    assert "✓ Web, worker and beat start" in verdicts["3"], verdicts["3"]


@pytest.mark.takes_long("a server begins after fourteen seconds")
def test_a_slow_server_is_judged_on_a_usual_machine_as_before(verdicts: dict[str, str]):
    assert "✗ Web, worker and beat start" in verdicts["1"], verdicts["1"]
    assert "within 12 s: it listens on no port" in verdicts["1"]


@pytest.mark.parametrize(("slowness", "is_told"), [("1", False), ("2.5", True)])
def test_a_cross_on_a_slow_machine_says_why_it_waited_longer(
    tmp_path: Path, slowness: str, is_told: bool
):
    shutil.copytree(ROOT / "steps" / "01-configure-celery", tmp_path / "project")
    (tmp_path / "project" / "Procfile").write_text("web: false\n", encoding="utf-8")
    said = check_01(tmp_path / "project", slowness)
    assert "✗ Web, worker and beat start" in said
    reason = "This machine takes 2.5 times as long as usual, so the checks wait longer."
    assert (reason in " ".join(said.split())) is is_told, said
    assert ("This machine takes" in said) is is_told, said
