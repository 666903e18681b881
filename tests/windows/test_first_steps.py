"""What a learner does first on Windows: the set-up, a run, the checks, and the next step."""

import shutil
from functools import partial

import pytest

from tests.windows.clone import Clone, Windows, first_call
from workbook.projects.steps import find_step

pytestmark = [pytest.mark.windows, pytest.mark.takes_long("programs start slowly under Wine")]

IN_LONG_ROUNDS = partial(pytest.param, marks=pytest.mark.long)
RUN_SECONDS, CHECK_SECONDS, CALL_SECONDS = 400, 400, 120
# Each with the check that reports it, and what it says.
MISTAKES = {
    "01": (
        "config/settings.py",
        "CELERY_RESULT_BACKEND = 'django-db'",
        "CELERY_RESULT_BACKEND = 'rpc://'",
        "Results go to Django's database",
    ),
    "03": (
        "templates/status/partials/task.html",
        ' hx-trigger="every 1s"',
        "",
        "The fragment polls for the task's status",
    ),
}


def test_a_fresh_clone_sets_itself_up(on_windows: Windows):
    said = first_call(on_windows)
    assert "done. The full log is in .venv\\install.log" in said
    assert "py workbook run" in said


# The mistake of the first asks its checks; all that hold are for the long rounds, as of each step.
@pytest.mark.parametrize("step", ["03", *map(IN_LONG_ROUNDS, ("01", "02", "04", "05"))])
def test_the_checks_hold_on_a_right_project(clone: Clone, step: str):
    done = clone.workbook("check", step, "--target", snapshot(step), seconds=CHECK_SECONDS)
    assert_right(done.text, f"Step {step}")


# The second costs all of a step's checks, which under Wine takes most of a minute.
@pytest.mark.parametrize("step", ["01", IN_LONG_ROUNDS("03")])
def test_a_mistake_is_reported_as_elsewhere(clone: Clone, step: str):
    *mistake, title = MISTAKES[step]
    assert crosses_after(clone, step, *mistake)[0] == title


def test_step_05_pushes_its_statuses_and_ctrl_c_leaves_nothing(clone: Clone):
    done = clone.scenario("run_step", "ctrl-c", seconds=RUN_SECONDS)
    assert done.succeeded, done.text
    assert "ended with 0" in done.text


def test_start_lays_the_base_of_a_step_into_work(clone: Clone):
    done = clone.workbook("start", "02", seconds=CALL_SECONDS)
    assert done.succeeded, done.text
    assert "work/ now holds the finished step 01" in done.text
    mine = (clone.folder / "work" / "config" / "settings.py").read_bytes()
    assert mine == (clone.folder / snapshot("01") / "config" / "settings.py").read_bytes()


def snapshot(step: str) -> str:
    """Return the folder of a step's snapshot in the clone, as a person types it."""
    return f"steps/{find_step(step).folder.name}"


def crosses_after(clone: Clone, step: str, name: str, right: str, wrong: str) -> list[str]:
    """Return the titles of a step's checks that fail once `right` in a file is `wrong`."""
    project = clone.folder / f"wrong {step}"
    shutil.copytree(clone.folder / snapshot(step), project)
    text = (project / name).read_text(encoding="utf-8")
    assert right in text
    (project / name).write_text(text.replace(right, wrong), encoding="utf-8")
    done = clone.workbook("check", step, "--target", project.name, seconds=CHECK_SECONDS)
    assert done.code == 1, done.text
    return crosses(done.text)


def crosses(said: str) -> list[str]:
    """Return the titles of the checks that fail, whichever mark the code page has for that."""
    return [line[2:] for line in said.splitlines() if line.startswith(("x ", "✗ "))]


def assert_right(said: str, name: str) -> None:
    """Fail unless every check holds but those that look through a browser."""
    assert not crosses(said), said
    assert f"{name} is done." in said, said
