"""`check --watch` through many saves of a real project: nothing is left, and nothing grows."""

import random
import shutil
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from tests.support.tool_process import ToolRun, tool_run, wait_until
from tests.support.workbook_copy import SmallWorkbook
from workbook.paths import ROOT
from workbook.projects.copying import copy_project
from workbook.projects.steps import find_step

SAVES = 1_000
VIEWS = "status/views.py"
SEED = 20
# Most come while a run begins, some at each of its later places: a run takes over a second.
MEAN_PAUSE_SECONDS = 0.2  # beyond what parts two saves for the watcher
# From here on the watcher has all it will ever need.
SETTLED_SAVES = 5
MOST_GROWN_BYTES = 20_000_000
# What a run that goes on has on disk: its folder, and that of the one which ends beside it.
MOST_RUNS = 2
# Shared by all runs of a user.
STAYS = "workbook-ports-*.lock"


@pytest.mark.long
@pytest.mark.takes_long("most saves come while the run of the one before goes on")
def test_many_saves_leave_nothing_and_grow_nothing(tmp_path: Path) -> None:
    project = tmp_path / "project"
    copy_project(find_step("02").folder, project)
    # The address of a socket there may take 107 characters on Linux, 103 on macOS.
    temporary = Path(tempfile.mkdtemp(dir="/tmp"))
    chance = random.Random(SEED)
    variables = {"TMPDIR": str(temporary)}
    arguments = ("check", "02", "--watch", "--target", str(project))
    with tool_run(SmallWorkbook(ROOT), *arguments, variables=variables) as run:
        run.wait_for("on every save")
        settled = held_by(run)
        for number in range(SAVES):
            save(project, number)
            # A run that goes on is stopped at whatever it is at; now and then one comes to its ✗.
            if number % 10 == 9:
                run.wait_for(f"NameError: name 'save_{number}'", seconds=60)
            else:
                time.sleep(0.1 + chance.expovariate(1 / MEAN_PAUSE_SECONDS))
            if number == SETTLED_SAVES:
                settled = held_by(run)
        grown = held_by(run)
        # The first one may come before the watching has begun: it is in what the first run reads.
        assert run.text.count("saw status/views.py") >= SAVES - 1
        assert grown[0] - settled[0] < MOST_GROWN_BYTES, f"bytes: {settled}, then {grown}"
        assert grown[1] <= settled[1] + 4, f"open files: {settled}, then {grown}"
        assert grown[2] <= settled[2] + 4, f"threads: {settled}, then {grown}"
        assert len(list(temporary.iterdir())) <= MOST_RUNS + 2  # and the forking process's own
        run.process.terminate()
        assert run.ends(30) == 143
        wait_until(lambda: not run.left(), 10, lambda: str(run.command_lines()))
    left = [one.name for one in temporary.iterdir() if not one.match(STAYS)]
    shutil.rmtree(temporary)
    assert left == []
    assert "Traceback" not in run.text.replace("Traceback (most recent call last) in the log", "")


def save(project: Path, number: int) -> None:
    views = (find_step("02").folder / VIEWS).read_text(encoding="utf-8")
    # Django loads it, so that processes are started; the first page is what fails.
    faulty = views.replace("render(request, 'index.html'", f"save_{number}(request, 'index.html'")
    assert faulty != views
    (project / VIEWS).write_text(faulty, encoding="utf-8")


def held_by(run: ToolRun) -> tuple[int, int, int]:
    """Return the memory, the open files and the threads of the watcher."""
    watcher = psutil.Process(run.process.pid)
    return watcher.memory_info().rss, watcher.num_fds(), watcher.num_threads()
