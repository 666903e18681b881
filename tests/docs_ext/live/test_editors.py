"""Opening the file that a ✗ speaks of, in an editor with windows of its own."""

import sys
from pathlib import Path

import pytest

from docs_ext.live.editors import ARGUMENTS, find_editor, spot
from tests.support.text_files import write_files
from workbook.errors import WorkbookError
from workbook.projects.progress import Cross
from workbook.runtime.waiting import wait_until

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
