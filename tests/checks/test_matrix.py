"""Each snapshot passes its own step and those before it, and is not let through the next one."""

import importlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from checks.verdicts import Check
from tests.support.edited_projects import (
    MODULES,
    WITHOUT_WORKER,
    Step,
    checks_on,
    require_first_cross,
)
from workbook.projects.lessons import find_lesson
from workbook.projects.steps import find_step

STEPS = (1, 2, 3, 4, 5)
LAST = 5
TRIANGLE = [(step, snapshot) for snapshot in STEPS for step in STEPS if step <= snapshot]
# What a snapshot passes of its own step, its page shows: the replay ends it with that very command.
# So the ordinary run takes the last snapshot, and the step whose checks are about all processes.
ORDINARY = [(1, 1), *((step, LAST) for step in STEPS if step != LAST)]
REST = [pair for pair in TRIANGLE if pair not in ORDINARY]
ROUNDS = 10
# The check of each step that the snapshot before it must not pass.
MEANT_FOR_IT = {
    2: "test_the_worker_knows_the_task",
    3: "test_the_page_loads_htmx",
    4: "test_runserver_opens_the_websocket",
    5: "test_the_interval_follows_the_environment",
}

# What the lesson robust asks, and what step 05 has without it: the rest are the lesson's clauses.
ROBUST, HOLDS_WITHOUT = (
    "robust",
    {
        "test_django_loads_your_project",
        "test_no_migration_is_missing",
        "test_the_processes_start",
        "test_a_redis_that_refuses_is_reported",
        # Step 05 has no heartbeat yet.
        "test_no_heartbeat_goes_on_for_nobody",
    },
)


@pytest.mark.parametrize(
    ("step", "snapshot"),
    [*ORDINARY, *(pytest.param(*pair, marks=pytest.mark.long) for pair in REST)],
)
@pytest.mark.takes_long("every check of a step, some of which wait for tasks")
def test_a_snapshot_passes_its_own_step_and_those_before_it(step: int, snapshot: int) -> None:
    _require_all_hold(step, _folder(snapshot))


@pytest.mark.parametrize("step", MEANT_FOR_IT)
def test_a_snapshot_is_stopped_by_the_next_step(step: int, request: pytest.FixtureRequest) -> None:
    # What comes after that check waits for it: the long rounds ask for all.
    whole_step = request.config.getoption("--all")
    said = checks_on(step, _folder(step - 1), only=None if whole_step else MEANT_FOR_IT[step])
    require_first_cross(said, step, MEANT_FOR_IT[step])


# In every run the replay of robust's page counts these, and each has a mistake of its own.
@pytest.mark.long
@pytest.mark.takes_long("every check of a lesson, one of which waits for a heartbeat")
def test_step_05_is_stopped_by_the_check_meant_for_each_clause_of_robust() -> None:
    said = checks_on(ROBUST, _folder(LAST))
    titles = {
        name: one.check.title
        for name, one in vars(importlib.import_module(MODULES[ROBUST])).items()
        if isinstance(getattr(one, "check", None), Check)
    }
    crosses = re.findall(r"^✗ (.*)$", said.text, re.MULTILINE)
    assert crosses == [titles[name] for name in titles if name not in HOLDS_WITHOUT], said.text
    assert said.code == 1, said.text


@pytest.mark.parametrize(
    "step", [LAST, *(pytest.param(step, marks=pytest.mark.long) for step in (*STEPS[:-1], ROBUST))]
)
@pytest.mark.takes_long("every check of a step, some of which wait for tasks")
def test_robust_passes_its_own_checks_and_those_of_the_steps(step: Step, tmp_path: Path) -> None:
    find_lesson(ROBUST).copy_to(tmp_path / ROBUST)
    _require_all_hold(step, tmp_path / ROBUST)


def test_a_project_as_django_makes_it_is_stopped_by_the_first_step(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "django", "startproject", "config", "."]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    said = checks_on(1, tmp_path)
    require_first_cross(said, 1, "test_the_packages_are_installed_as_apps")


@pytest.mark.parametrize("step", STEPS)
def test_an_empty_folder_is_refused_in_words(step: int, tmp_path: Path) -> None:
    said = checks_on(step, tmp_path)
    assert f"{tmp_path.name} is empty." in said.flat
    assert "name the folder that holds manage.py" in said.flat
    assert "✗" not in said.text
    assert said.code == 2, said.text


@pytest.mark.parametrize("step", WITHOUT_WORKER)
def test_each_check_that_needs_no_worker_is_one_of_its_step(step: int) -> None:
    known = vars(importlib.import_module(MODULES[step]))
    assert sorted(WITHOUT_WORKER[step] - known.keys()) == []


@pytest.mark.takes_long("every check of a step, twice at once")
def test_two_runs_side_by_side_do_not_disturb_each_other() -> None:
    with ThreadPoolExecutor() as pool:
        list(pool.map(_require_all_hold, (2, 2), (_folder(2), _folder(2))))


@pytest.mark.long
@pytest.mark.parametrize("step", STEPS)
def test_a_step_says_the_same_ten_times_over(step: int) -> None:
    for _ in range(ROUNDS):
        _require_all_hold(step, _folder(step))


def _require_all_hold(step: Step, project: Path) -> None:
    said = checks_on(step, project)
    assert said.code == 0, said.text
    assert "✗" not in said.text, said.text


def _folder(snapshot: int) -> Path:
    return find_step(str(snapshot)).folder
