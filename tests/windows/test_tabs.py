"""The guide's commands on Windows: each is typed in `cmd`, and does what its neighbour does."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support.commands import run_command
from tests.windows.clone import Clone
from tests.windows.tabs import PAGES, POSIX, WINDOWS, Choice, systems_choices, typed_everywhere
from workbook.paths import ENVIRONMENT
from workbook.projects.steps import find_step

SECONDS = 150
# What `activate` does. Wine's cmd knows no code page in which it could read that file's umlauts.
ACTIVATE = r'set "PATH=%CD%\..\.venv\Scripts;%PATH%"'
# The first words of commands that mean the same in cmd and in sh, or that come with Python.
KNOWN_EVERYWHERE = {
    *("python", "python3", "celery", "django-admin", "workbook", "pipenv"),
    *("mkdir", "cd", "echo"),
    "curl",  # with Windows since 2018: page 04 says how it is called there
}
ONE_SHELLS_OWN = re.compile(r"\$\(|`|[|;']\s*$| && | > ")
DOTS = "…"
PID_FILE = "worker.pid"
CHOICES = systems_choices()


def test_the_pages_offer_windows_something():
    assert {Path(one.page).name[:2] for one in CHOICES} == {"se", "01", "05"}
    assert len(CHOICES) >= 5


@pytest.mark.parametrize("page", PAGES)
def test_what_only_one_system_knows_is_in_a_tab(page: str):
    """`cp`, `export`, `kill`, `NAME=value command`: each has its counterpart."""
    typed = [line for line in typed_everywhere(page) if line.split()[0] not in KNOWN_EVERYWHERE]
    assert typed == []
    assert not [line for line in typed_everywhere(page) if ONE_SHELLS_OWN.search(line)]


@pytest.fixture
def work(clone: Clone) -> Path:
    """Return the clone's `work/`, with the finished project of step 05 in it."""
    folder = clone.folder / "work"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(clone.folder / "steps" / find_step("05").folder.name, folder)
    return folder


@pytest.mark.windows
@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="there is no sh to compare with")
@pytest.mark.parametrize("choice", CHOICES, ids=lambda one: one.tabs[WINDOWS][0].typed)
def test_a_windows_tab_does_what_its_neighbour_does(
    clone: Clone, work: Path, choice: Choice, tmp_path: Path
):
    elsewhere = tmp_path / "work"
    shutil.copytree(work, elsewhere)
    turns = choice.tabs[WINDOWS]
    lines = [turn.typed for turn in turns]
    is_beside = any("activate" in line or "--version" in line for line in lines)
    if PID_FILE in " ".join(lines):
        said = kill_a_worker(clone, work, lines)
        killed_in_sh(elsewhere, choice)
    else:
        before = [] if is_beside else [ACTIVATE]
        said = typed(clone, [*before, *lines], "." if is_beside else "work")[len(before) :]
        type_in_sh(elsewhere, [turn.typed for turn in choice.tabs[POSIX]])
    for turn, printed in zip(turns, said, strict=True):
        for line in turn.shown:
            assert line in printed, (turn.typed, printed)
        assert "not recognized" not in printed.lower(), printed
    assert texts(work) == texts(elsewhere)


def typed(clone: Clone, lines: Sequence[str], folder: str) -> list[str]:
    """Type lines in `cmd`, and return what each printed."""
    file = clone.folder / "typed.json"
    file.write_text(json.dumps(list(lines)), encoding="utf-8")
    done = clone.scenario("typed", file.name, folder, seconds=SECONDS)
    assert done.succeeded, done.text
    said: list[str] = json.loads(file.with_suffix(".out").read_text(encoding="utf-8"))
    return said


def kill_a_worker(clone: Clone, work: Path, lines: list[str]) -> list[str]:
    """Type what kills a worker, with the number of one in the place of the dots."""
    start = (
        "import pathlib, subprocess, sys; "
        "one = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
        f"pathlib.Path('{PID_FILE}').write_text(str(one.pid))"
    )
    number = f"for /f %i in ({PID_FILE}) do set NUMBER=%i"
    asked = "import os, psutil; print(psutil.pid_exists(int(os.environ['NUMBER'])))"
    said = typed(
        clone,
        [
            ACTIVATE,
            f'python -c "{start}"',
            number,
            f'python -c "{asked}"',
            *(line.replace(DOTS, "%NUMBER%") for line in lines),
            f'python -c "{asked}"',
        ],
        "work",
    )
    assert "True" in said[3], "it was there before"
    assert "False" in said[-1], "it goes on after it was killed"
    return said[4:-1]


def killed_in_sh(folder: Path, choice: Choice) -> None:
    """Do the same in sh, whose worker removes its file itself when it is started again."""
    sleeping = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (folder / PID_FILE).write_text(str(sleeping.pid), encoding="utf-8")
    type_in_sh(folder, [turn.typed for turn in choice.tabs[POSIX]])
    assert sleeping.wait(10) == -signal.SIGKILL
    (folder / PID_FILE).unlink()


def type_in_sh(folder: Path, lines: Sequence[str]) -> None:
    """Type lines in bash, in the project in `folder`, with the environment active."""
    beside = folder.parent / ENVIRONMENT.name
    if not beside.exists():
        beside.symlink_to(ENVIRONMENT)
    path = os.pathsep.join([str(ENVIRONMENT / "bin"), os.environ["PATH"]])
    where = folder.parent if any("activate" in line for line in lines) else folder
    script = "\n".join(["set -e", *lines])
    run_command(["bash", "-c", script], where, os.environ | {"PATH": path}, check=True)


def texts(folder: Path) -> dict[str, str]:
    """Return the text of each file of a project, without what a run leaves."""
    names = {path for path in folder.rglob("*") if path.is_file()}
    noise = ("db.sqlite3", ".pyc")
    kept = (path for path in names if not any(part in path.name for part in noise))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in kept}


@pytest.mark.windows
@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="there is no sh to compare with")
def test_what_the_pages_let_django_write_is_the_same_project(clone: Clone, tmp_path: Path):
    """Django writes its files with Windows' line ends there; the words are the same."""
    lines = [
        "django-admin startproject config .",
        "python manage.py startapp status",
        "mkdir templates static",
        "python manage.py check",
    ]
    commands = {line for page in PAGES for line in typed_everywhere(page)}
    assert set(lines) <= commands, "these are the pages' own"
    work = clone.folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    (elsewhere := tmp_path / "work").mkdir()
    said = typed(clone, [ACTIVATE, *lines], "work")
    type_in_sh(elsewhere, lines)
    assert "System check identified no issues" in said[-1], said
    key = re.compile(r"SECRET_KEY = .*")
    mine, theirs = ({k: key.sub("", v) for k, v in texts(f).items()} for f in (work, elsewhere))
    assert mine == theirs
    assert (work / "templates").is_dir() and (work / "static").is_dir()
