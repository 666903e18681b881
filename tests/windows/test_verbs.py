"""Every verb of the tool on Windows, and what it leaves: nothing."""

import os
import re
import shutil

import pytest

from tests.windows.clone import Clone
from tests.windows.page_reader import typed
from tests.windows.test_first_steps import CALL_SECONDS, RUN_SECONDS, snapshot

pytestmark = [pytest.mark.windows, pytest.mark.long]

PLAY_SECONDS = 600
NEEDS_A_DESKTOP = pytest.mark.skipif(
    os.name != "nt", reason="without a desktop, Wine's console has no window"
)


@pytest.mark.parametrize(
    ("scenario", "seconds"),
    [
        ("run_step kill", RUN_SECONDS),
        # Under Wine it ends all that share the console at once, and the next call tidies up.
        ("run_step ctrl-break", RUN_SECONDS),
        pytest.param("run_step close", RUN_SECONDS, marks=NEEDS_A_DESKTOP),
        *((f"run_any {step}", RUN_SECONDS) for step in ("01", "02", "03", "04", "robust")),
        ("stop_check", RUN_SECONDS),
        ("start_in_use", PLAY_SECONDS),
        ("watch", PLAY_SECONDS),
        ("verbs", PLAY_SECONDS),
    ],
)
def test_scenario_of_inside(clone: Clone, scenario: str, seconds: float):
    """What each plays, its module says."""
    done = clone.scenario(*scenario.split(), seconds=seconds)
    assert done.succeeded, done.text


def test_diff_needs_no_git(clone: Clone):
    done = clone.workbook("diff", "03", seconds=CALL_SECONDS)
    assert done.succeeded, done.text
    assert "+++ 03/status/views.py" in done.text
    work = clone.folder / "work"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(clone.folder / snapshot("03"), work)
    path = work / "status" / "views.py"
    path.write_text(path.read_text(encoding="utf-8") + "mine = 'ü'\n", encoding="utf-8")
    path = r"set PATH=%SystemRoot%;%SystemRoot%\system32"
    _, git, said = typed(clone, [path, "git --version", "py workbook diff 03 --mine"], ".")
    assert "git version" not in git
    changed = [line for line in said.splitlines() if line.startswith(("+", "-"))]
    # In the pipe's old code page the ü is another byte.
    assert [line[:7] for line in changed if line[:3] not in ("---", "+++")] == ["-mine ="]


def test_doctor_advises_what_there_is_on_windows(clone: Clone):
    done = clone.workbook("doctor", seconds=CALL_SECONDS)
    assert done.succeeded, done.text
    assert "no redis-server or valkey-server on PATH" in done.text
    assert "install it in WSL" in done.text
    assert "py workbook redis" in done.text
    assert not re.search(r"\b(apt|brew|python3)\b", done.text), done.text


@pytest.mark.parametrize("code_page", ["cp437", "cp1252", "utf-8"])
@pytest.mark.parametrize("end", ["> said.txt & type said.txt", "| findstr e", ""])
def test_what_is_said_can_be_written_in_every_code_page(clone: Clone, code_page: str, end: str):
    """To a pipe and to a file: there Python writes in the console's old code page."""
    line = f"py workbook doctor {end}"
    done = clone.typed(line, seconds=CALL_SECONDS, PYTHONIOENCODING=code_page)
    assert "Traceback" not in done.text
    assert "embedded" in done.text, done.text
    assert ("✓" in done.text) == (code_page == "utf-8")
