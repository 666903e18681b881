"""A solved exercise, and a step that goes on from one: all checks hold as they did."""

from pathlib import Path

import pytest

from tests.support.edited_projects import Edit, edited_copy, step_on
from tests.support.solutions import DONE, OPEN, apply_ours, line_of
from workbook.projects.steps import find_step

STEPS = (1, 2, 3, 4, 5)
WORKER = "worker: celery -A config worker --loglevel=info -P gevent -c 10"
SECOND = WORKER.replace("worker:", "second:") + " -n second@%h"


@pytest.mark.long
@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_green_with_its_exercise_open(step: int) -> None:
    said = step_on(step, find_step(str(step)).folder)
    assert said.code == 0, said.text
    assert line_of(said).startswith(OPEN), said.text


@pytest.mark.long
@pytest.mark.parametrize("step", STEPS)
def test_a_step_is_green_with_its_exercise_solved(step: int, tmp_path: Path) -> None:
    project = edited_copy(step, (), tmp_path)
    apply_ours(step, project)
    said = step_on(step, project)
    assert said.code == 0, said.text
    assert line_of(said).startswith(DONE), said.text


@pytest.mark.long
@pytest.mark.parametrize("step", [2, 3, 4])
def test_a_step_is_green_with_the_second_worker_of_step_01(step: int, tmp_path: Path) -> None:
    project = edited_copy(step, (Edit("Procfile", WORKER, f"{WORKER}\n{SECOND}"),), tmp_path)
    said = step_on(step, project)
    assert said.code == 0, said.text
