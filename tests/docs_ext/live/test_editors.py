"""Opening the file that a ✗ speaks of, in an editor with windows of its own."""

import sys
from pathlib import Path

import pytest

from docs_ext.live.editors import ARGUMENTS, find_editor, spot
from tests.support.text_files import write_files
from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.projects.progress import Cross
from workbook.runtime.waiting import wait_until

STEP_05 = ROOT / "steps" / "05-websocket-celery"
VIEWS = "import os\n\n\ndef index(request):\n    return None\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project beside a file that is none of its."""
    write_files(tmp_path, {"secret.py": "", "work/status/views.py": VIEWS})
    return tmp_path / "work"


def spot_of(project: Path, look_at: str) -> tuple[str, int] | None:
    """Return the file, below the project, and the line that a ✗ leads to."""
    found = spot(Cross("x::test_x", "A title", "seen", look_at, "02, Make an app"), project)
    return found and (found[0].relative_to(project).as_posix(), found[1])


@pytest.mark.parametrize(
    ("look_at", "line"),
    [
        ("status/views.py", 1),
        ("status/views.py, index: does it send?", 4),
        ("status/views.py, line 5: what does it return?", 5),
        ("status/views.py, missing: is it there?", 1),
        ("config/urls.py or status/views.py, index", 4),
    ],
)
def test_the_line_is_that_of_the_symbol(project: Path, look_at: str, line: int) -> None:
    assert spot_of(project, look_at) == ("status/views.py", line)


@pytest.mark.parametrize(
    ("look_at", "shown"),
    [
        ("Procfile, worker: which pool?", "worker: "),
        ("config/settings.py, CHANNEL_LAYERS", "CHANNEL_LAYERS = "),
        ("config/settings.py, STATUS_INTERVAL: how long?", "STATUS_INTERVAL = "),
        ("config/settings.py, INSTALLED_APPS: is daphne there?", "INSTALLED_APPS = "),
        ("config/settings.py, CACHES", "CACHES = "),
        ("status/consumers.py, connect", "    async def connect("),
        ("status/consumers.py, disconnect: what?", "    async def disconnect("),
        ("status/consumers.py, send_status: what?", "    async def send_status("),
        ("status/consumers.py: what undoes the group_add of connect?", "GROUP, self.channel_name"),
        ("status/tasks.py, send_status", "def send_status("),
        ("status/tasks.py, send_status_periodically", "def send_status_periodically("),
        ("status/tasks.py: is send_status_periodically there?", "def send_status_periodically("),
        (
            "status/tasks.py: which argument of cache.set says how long?",
            "    cache.set(LAST_STATUS",
        ),
        ("templates/_base.html, htmx-config: what?", '  <meta name="htmx-config"'),
        ("templates/index.html, hx-target: which?", '  hx-post="'),
        ("templates/live.html and status/partials/current_status.html", "{% extends "),
    ],
)
def test_the_line_of_the_finished_step_is_the_one_spoken_of(look_at: str, shown: str) -> None:
    found = spot_of(STEP_05, look_at)
    assert found
    line = (STEP_05 / found[0]).read_text("utf-8").splitlines()[found[1] - 1]
    assert shown in line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def index_page():\n    pass\n\n\ndef index(request):\n    pass\n", 5),
        ("# index\n@index_lock\ndef index(request):\n    pass\n", 3),
        ("x = index\n\ndef index(request:\n", 3),
        ("class First:\n    size = 1\n\nclass Pages:\n    # index\n    def index(s): ...\n", 6),
        ("path('', index)\npath('', index)\n", 1),
        ("index_page = 1\n", 1),
    ],
)
def test_the_line_defines_the_symbol_where_one_does(project: Path, text: str, line: int) -> None:
    write_files(project, {"status/views.py": text})
    assert spot_of(project, "status/views.py, index") == ("status/views.py", line)


@pytest.mark.parametrize(
    "look_at", ["", "the worker's terminal", "status/tasks.py", "../secret.py"]
)
def test_no_other_file_is_opened(project: Path, look_at: str) -> None:
    assert spot_of(project, look_at) is None


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program there")
@pytest.mark.parametrize(
    ("name", "words"),
    [("code", "--goto {}:4"), ("pycharm", "--line 4 {}"), ("subl", "{}:4"), ("gedit", "+4 {}")],
)
def test_each_editor_gets_file_and_line_in_its_own_way(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    script = '#!/bin/sh\nprintf "%s" "$*" > "$0.told"'
    write_files(tmp_path, {f"bin/{name}": script})
    (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    editor = find_editor(name)
    assert editor
    editor.open(project / "status" / "views.py", 4)
    told = tmp_path / "bin" / f"{name}.told"
    expected = words.format(project / "status" / "views.py")
    assert wait_until(lambda: told.exists() and told.read_text("utf-8") == expected, 10, 0.02)


def test_without_vs_code_there_is_none_unless_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_editor(None) is None
    with pytest.raises(WorkbookError, match="no program code"):
        find_editor("code")


@pytest.mark.parametrize(
    "name", ["vim", "nvim", "nano", "emacs", "/usr/bin/vi", "sh", "micro", "ed"]
)
def test_a_terminal_editor_is_refused_with_those_that_are_known(name: str) -> None:
    with pytest.raises(WorkbookError) as refused:
        find_editor(name)
    assert all(known in str(refused.value) for known in ARGUMENTS)
