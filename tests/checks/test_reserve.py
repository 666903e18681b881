"""What is started before there is anything to look at: processes that wait for a project."""

import os
import time
from pathlib import Path

import pytest

from checks.harness import reserve
from checks.harness.project import Project, opened_project
from checks.harness.reserve import opened_reserve
from checks.target import Target
from workbook.projects.steps import find_step
from workbook.runtime.process_tree import processes_of_run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="nothing is held where nothing forks")

# Every process that loads the settings writes what it was started as, and what it finds.
NOTE = """
import os, sys
with open(BASE_DIR / 'started.txt', 'a') as file:
    print(*sys.argv, '|', *(name for name in os.environ if 'GATE' in name or 'NAMED' in name),
          os.environ.get('PYTHONPATH', ''), *(one for one in sys.path if 'held' in one), file=file)
"""


@pytest.fixture
def target(tmp_path: Path) -> Target:
    """Return a project of step 02 that takes notes."""
    folder = tmp_path / "project"
    step = find_step("02")
    step.copy_to(folder)
    with (folder / "config" / "settings.py").open("a") as settings:
        settings.write(NOTE)
    return Target(folder, "named", step)


def started_in(project: Project) -> list[str]:
    return (project.folder / "started.txt").read_text().splitlines()


def test_held_processes_are_the_procfiles_own_and_notice_nothing(target: Target) -> None:
    with opened_reserve(target.folder):
        (held,) = reserve._waiting
        waiting = dict(held._held)
        assert set(waiting) == {"web", "worker", "beat"}
        time.sleep(1)
        assert list(held.folder.iterdir()) == [], "nothing of the project is there yet"
        with opened_project(target) as project:
            project.running()
            assert {role: project.process(role) for role in waiting} == waiting
            lines = started_in(project)
        assert any("celery -A config worker" in line for line in lines)
        assert all(line.endswith("| ") for line in lines), lines


def test_a_command_that_changed_meanwhile_is_started_anew(target: Target) -> None:
    with opened_reserve(target.folder):
        (held,) = reserve._waiting
        waiting = dict(held._held)
        procfile = target.folder / "Procfile"
        procfile.write_text(procfile.read_text().replace("-P gevent -c 10", "-P threads -c 3"))
        with opened_project(target) as project:
            project.running()
            assert project.process("web") is waiting["web"]
            assert project.process("worker") is not waiting["worker"]
            assert waiting["worker"].exit_code() is not None
            lines = started_in(project)
        assert any("-P threads" in line for line in lines)
        assert not any("-P gevent" in line for line in lines)


def test_what_nobody_takes_leaves_nothing(target: Target) -> None:
    with opened_reserve(target.folder):
        (held,) = reserve._waiting
        run = held.run
        assert processes_of_run(run.id)
    assert processes_of_run(run.id) == []
    assert not run.folder.exists()


def test_another_project_takes_nothing_of_it(target: Target, tmp_path: Path) -> None:
    step = find_step("02")
    step.copy_to(tmp_path / "other")
    with (
        opened_reserve(target.folder),
        opened_project(Target(tmp_path / "other", "named", step), ["web"]) as project,
    ):
        (held,) = reserve._waiting
        assert project.run.id != held.run.id


def test_a_procfile_that_cannot_be_read_is_told_when_it_is_looked_at(target: Target) -> None:
    (target.folder / "Procfile").unlink()
    with opened_reserve(target.folder):
        find_step("02").copy_to(target.folder.parent / "again")
        (target.folder.parent / "again" / "Procfile").rename(target.folder / "Procfile")
        with opened_project(target) as project:
            project.running()
