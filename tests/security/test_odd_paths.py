"""A workbook may lie anywhere: behind a link, below names with spaces and letters of any script."""

import shutil
import signal
from pathlib import Path

import httpx
import pytest

from tests.guide.replay.sandbox.namespaces import OWN
from tests.support.tool_process import tool_run
from tests.support.workbook_copy import SmallWorkbook
from workbook.paths import ROOT
from workbook.runtime.ports import free_port

ODD = "Größe & 日本語 (it's $HOME; 100 %)"
READY_SECONDS = 60


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> SmallWorkbook:
    """The whole workbook in a folder with an odd name, reached through a link with another."""
    home = tmp_path_factory.mktemp("home")
    folder = shutil.copytree(ROOT, home / ODD / "workbook", ignore=OWN)
    link = home / "a link to 日本語"
    link.symlink_to(folder, target_is_directory=True)
    return SmallWorkbook(link)


@pytest.mark.takes_long("three verbs in turn, the last with every check of a step")
def test_start_run_and_check_work_there(odd: SmallWorkbook) -> None:
    odd.write({"mine.txt": "mine"})
    laid = odd.call("start", "02")
    assert laid.returncode == 0, laid.stderr
    (kept,) = odd.root.glob("work.*")
    assert (kept / "mine.txt").read_text() == "mine"
    checked = odd.call("check", "01")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "✓" in checked.stdout
    port = free_port()
    with tool_run(odd, "run", "work", "--port", str(port)) as tool:
        tool.wait_for("ready:", READY_SECONDS)
        tool.wait_for(" ready.", READY_SECONDS)
        assert httpx.get(f"http://127.0.0.1:{port}/admin/login/", timeout=20).status_code == 200
        tool.signal_and_wait(signal.SIGTERM)
        assert tool.left() == []
        assert "Traceback" not in tool.text
    # In place, with a database of its own.
    assert (odd.work / "db.sqlite3").stat().st_size > 0


def test_project_behind_a_link(odd: SmallWorkbook, tmp_path: Path) -> None:
    elsewhere = tmp_path / f"elsewhere {ODD}"
    shutil.copytree(odd.root / "steps" / "01-configure-celery", elsewhere)
    link = odd.root / "project ✎"
    link.symlink_to(elsewhere, target_is_directory=True)
    before = sorted(path.name for path in elsewhere.rglob("*"))
    checked = odd.call("check", "01", "--target", str(link))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert link.is_symlink()
    assert sorted(path.name for path in elsewhere.rglob("*")) == before


def test_both_diffs_work_there(odd: SmallWorkbook) -> None:
    odd.call("start", "03")
    lesson, mine = odd.call("diff", "03"), odd.call("diff", "03", "--mine")
    assert (lesson.returncode, mine.returncode) == (0, 0), lesson.stderr + mine.stderr
    assert "+++ 03/status/views.py" in lesson.stdout
    assert "--- work/status/views.py" in mine.stdout
