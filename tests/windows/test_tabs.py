"""The guide's commands on Windows: each is typed in `cmd`, and does what its neighbour does."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.guide.replay.page.blocks import read_page
from tests.support.commands import run_command
from tests.windows.clone import Clone
from tests.windows.page_reader import (
    ACTIVATE,
    PID_FILE,
    PageReader,
    kill_a_worker,
    project_texts,
    texts,
    typed,
)
from tests.windows.tabs import (
    PAGES,
    POSIX,
    WINDOWS,
    Choice,
    choices,
    systems_choices,
    typed_everywhere,
)
from workbook.paths import ENVIRONMENT, ROOT
from workbook.projects.patches.django_lines import as_in_project
from workbook.projects.steps import find_step

# The first words of commands that mean the same in cmd and in sh, or that come with Python.
KNOWN_EVERYWHERE = {
    *("python", "python3", "celery", "django-admin", "workbook", "pipenv"),
    *("mkdir", "cd", "echo"),
    "curl",  # with Windows since 2018: page 04 says how it is called there
}
ONE_SHELLS_OWN = re.compile(r"\$\(|`|[|;']\s*$| && | > ")
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


@pytest.mark.parametrize("page", PAGES)
def test_what_is_in_one_systems_tab_has_its_counterpart(page: str):
    """Beside commands for Linux and macOS there are some for Windows, and the other way round."""
    for choice in choices(page):
        if {WINDOWS, POSIX} & choice.tabs.keys():
            assert bool(choice.tabs.get(WINDOWS)) == bool(choice.tabs.get(POSIX)), choice


def test_curl_is_told_by_its_name_on_windows():
    """In PowerShell `curl` is something else."""
    (page,) = [page for page in PAGES if any("curl" in line for line in typed_everywhere(page))]
    prose, _, _ = (ROOT / page).read_text(encoding="utf-8").partition("$ curl ")
    assert "On Windows, type `curl.exe`" in prose


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
        said = kill_a_worker(clone, lines)
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


@pytest.mark.windows
@pytest.mark.long
@pytest.mark.parametrize("page", [page for page in PAGES if re.match(r"docs/\d", page)])
def test_a_page_followed_in_cmd_ends_at_its_snapshot(clone: Clone, site: Path, page: str):
    """Each command of a tab is typed in the state that the page has there."""
    for folder in [*clone.folder.glob("work"), *clone.folder.glob("work.*")]:
        shutil.rmtree(folder)
    markdown = ROOT / page
    reader = PageReader(clone)
    reader.follow(read_page(site / f"{markdown.stem}.html", markdown, [WINDOWS]))
    tabs = {turn.typed for one in choices(page) for turn in one.tabs.get(WINDOWS, [])}
    assert tabs <= set(reader.typed)
    own = project_texts(reader.work)
    snapshot = project_texts(find_step(markdown.name[:2]).folder)
    # The minute in which a migration was written is the reader's own.
    expected = {name: as_in_project(text, own.get(name, "")) for name, text in snapshot.items()}
    assert own == expected
