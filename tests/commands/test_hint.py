"""`hint`: the idea, then the place, then the change, as one saves."""

import os
import shutil
import signal
from pathlib import Path

import pytest

from tests.support.checks_sandbox import TinyChecks, make_tiny_checks
from tests.support.tool_process import tool_run, wait_until
from workbook.paths import ROOT

PAGE = """\
# 03 Third

## Add the URL

A task has an address of its own.

```listing
steps/03-third/status/urls.py
```

## Your turn

??? tip "Hint 1"

    Think of the id.

??? tip "Hint 2"

    It is in the address.
"""
HOLDS = '@check("There is a URL")\ndef test_url(): ...\n'
NOT_YET = """\
@check("There is a URL")
def test_url():
    raise NotYet("GET /", "404", "200", "status/urls.py: is it there?", "03, Add the URL")
"""
SLOW = "import time\nfrom pathlib import Path\nPath('begun').touch()\ntime.sleep(60)\n"
EXERCISE = """
from checks.verdicts import Open, exercise
@exercise("show the id")
def test_your_turn(): raise Open("no id yet")
"""


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TinyChecks:
    """Return a small workbook with a page, and with a work/ in which step 03's check is ✗."""
    for name, value in (("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"), ("COLUMNS", "100")):
        monkeypatch.setenv(name, value)
    made = make_tiny_checks(tmp_path / "small workbook")
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "docs_ext", made.root / "docs_ext", ignore=ignore, dirs_exist_ok=True)
    made.small.write({"03-third.md": PAGE}, below="docs")
    made.small.call("start", "03")
    made.small.write({"manage.py": "", "status/urls.py": "urlpatterns = []\n"})
    made.write(NOT_YET)
    return made


def hint(tiny: TinyChecks, *arguments: str) -> str:
    return tiny.small.does("hint", *arguments)


def save(tiny: TinyChecks, text: str) -> None:
    tiny.small.write({"status/urls.py": text})


def test_each_save_leads_one_grade_further(tiny: TinyChecks) -> None:
    tiny.run()
    first = hint(tiny)
    assert first.startswith("✗ There is a URL\nThe idea, from page 03, Add the URL:\n")
    assert "A task has an address of its own." in first
    assert "Hint 1. Try it, and save a file in work/. Then" in first
    assert "urlpatterns" not in first
    assert hint(tiny) == first  # nothing was saved
    save(tiny, "urlpatterns = [1]\n")
    second = hint(tiny)
    assert "Checking step 03 first" in second
    assert "status/urls.py is now:\n  1 │ urlpatterns = [1]\n" in second
    assert "Then `python3 workbook hint` shows the change." in second
    save(tiny, "urlpatterns = [2]\n")
    third = hint(tiny)
    assert "status/urls.py\n" in third
    assert '+path("check-status/<uuid:id>/", view)' in third
    assert "That was the last hint. Change it, then: python3 workbook check 03" in third
    save(tiny, "urlpatterns = [3]\n")
    assert "The change" in hint(tiny)


def test_options_for_the_learners_own_pytest_steer_no_hint(tiny: TinyChecks) -> None:
    said = tiny.small.does("hint", PYTEST_ADDOPTS="-k slow", PYTEST_PLUGINS="no_such_plugin")
    assert "Checking step 03 first" in said
    assert "✗ There is a URL\nThe idea" in said


def test_show_spares_the_second_save_alone(tiny: TinyChecks) -> None:
    tiny.run()
    hint(tiny)
    assert "The idea" in hint(tiny, "--show")
    save(tiny, "urlpatterns = [1]\n")
    assert "The place" in hint(tiny)
    assert "The place" in hint(tiny)
    assert "The change" in hint(tiny, "--show")


def test_save_of_the_same_content_is_one_too(tiny: TinyChecks) -> None:
    tiny.run()
    hint(tiny)
    later = (tiny.root / ".workbook/hint.json").stat().st_mtime + 5
    os.utime(tiny.small.work / "status/urls.py", (later, later))
    said = hint(tiny)
    assert "The place" in said
    assert "Checking" not in said


def test_another_cross_begins_with_the_idea(tiny: TinyChecks) -> None:
    tiny.run()
    hint(tiny)
    save(tiny, "urlpatterns = [1]\n")
    assert "The place" in hint(tiny)
    tiny.write(NOT_YET.replace("test_url", "test_other"))
    save(tiny, "urlpatterns = [2]\n")
    assert "The idea" in hint(tiny)


def test_without_a_check_before_it_runs_one(tiny: TinyChecks) -> None:
    assert "Checking step 03 first" in hint(tiny)
    assert "Checking" not in hint(tiny)


def test_where_all_holds_the_exercise_has_its_hints(tiny: TinyChecks) -> None:
    tiny.write(HOLDS)
    assert "There is no ✗ in step 03 to lead on from." in hint(tiny)
    tiny.write(HOLDS + EXERCISE)
    tiny.run()
    assert hint(tiny).startswith("☆ Your turn: show the id\nThink of the id.\n")
    save(tiny, "urlpatterns = [1]\n")
    said = hint(tiny)
    assert "It is in the address." in said
    assert "That was the last hint. Page 03, Your turn, has a solution." in said


def test_project_that_cannot_be_checked_is_sent_to_the_check(tiny: TinyChecks) -> None:
    (tiny.small.work / "manage.py").unlink()
    assert "See why: python3 workbook check 03" in hint(tiny)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"grade": 2}', '{"work": 1}', "\0"])
def test_memory_that_cannot_be_read_is_no_error(tiny: TinyChecks, text: str) -> None:
    tiny.run()
    (tiny.root / ".workbook/hint.json").write_text(text)
    assert "The idea" in hint(tiny)


def test_step_that_is_named_or_unknown(tiny: TinyChecks) -> None:
    tiny.run()
    assert "The idea" in hint(tiny, "3")
    assert "There is no step" in tiny.small.call("hint", "09").stderr


def test_without_work_the_way_out_is_told(tiny: TinyChecks) -> None:
    shutil.rmtree(tiny.small.work)
    assert "python3 workbook start 01" in tiny.small.refuses("hint")


def test_ctrl_c_ends_the_check_too(tiny: TinyChecks) -> None:
    tiny.write('@check("It takes long")\ndef test_long():\n    ' + SLOW.replace("\n", "\n    "))
    with tool_run(tiny.small, "hint", start_new_session=True) as run:
        run.wait_for("Checking step 03")
        wait_until((tiny.root / "begun").exists, 15)
        os.killpg(run.process.pid, signal.SIGINT)
        assert run.ends() == 130
        assert run.left() == []


@pytest.mark.skipif(os.name != "posix", reason="Windows asks no process to end")
def test_sigterm_ends_the_check_too(tiny: TinyChecks) -> None:
    tiny.write('@check("It takes long")\ndef test_long():\n    ' + SLOW.replace("\n", "\n    "))
    with tool_run(tiny.small, "hint") as run:
        run.wait_for("Checking step 03")
        wait_until((tiny.root / "begun").exists, 15)
        assert run.signal_and_wait(signal.SIGTERM) == -signal.SIGTERM
        assert run.left() == []
        assert "Traceback" not in run.text
