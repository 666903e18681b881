"""What `check` remembers of work/, and what `python3 workbook` alone says of it."""

import sys
from pathlib import Path

import pytest

from tests.support.checks_sandbox import TinyChecks, make_tiny_checks
from tests.support.commands import run_command
from workbook.projects.content import content_of
from workbook.projects.progress import Progress, read_progress

MOST_SECONDS = 0.2
HOLDS = '@check("It holds")\ndef test_it(): ...\n'
NOT_YET = """\
@check("It holds")
def test_it(): raise NotYet("asked", "redis://me:secret@host/", "yes", "manage.py: why?", "02, To")
@check("It waits", after=(test_it,))
def test_waits(): ...
"""
NOT_YET_TOO = '(): raise NotYet("asked", "no", "yes", "manage.py", "02, To")'
EXERCISE = """\
from checks.verdicts import Open, exercise
@exercise("do more")
def test_your_turn(): {}
"""
LACKS = '@check("Seen")\ndef test_seen(): raise Lacks("no Chromium was found")\n'
STOPPED = """\
@check("It is not yet")
def test_first(): raise NotYet("asked", "no", "yes", "manage.py", "02, Check")
@check("It is stopped")
def test_stopped(): raise KeyboardInterrupt
"""


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TinyChecks:
    """Return a small workbook with a work/ begun by `start`, and a check that holds."""
    for name, value in (("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"), ("COLUMNS", "80")):
        monkeypatch.setenv(name, value)
    made = make_tiny_checks(tmp_path / "small workbook")
    made.small.call("start", "03")
    made.small.write({"manage.py": ""})
    made.write(HOLDS)
    return made


def known(tiny: TinyChecks) -> Progress:
    return read_progress(tiny.root / ".workbook")


def standing(tiny: TinyChecks) -> str:
    said = tiny.small.call().stdout
    assert "Where you stand:" in said
    return said.partition("Where you stand:\n")[2]


def test_nothing_is_remembered_before_the_first_check(tiny: TinyChecks) -> None:
    assert standing(tiny) == (
        "  now    step 03: not checked yet\n  next   python3 workbook check 03\n"
    )


def test_first_cross_is_remembered_without_a_password(tiny: TinyChecks) -> None:
    tiny.write(NOT_YET)
    tiny.run()
    run = known(tiny).of("03").last
    assert (run.holds, run.count, run.is_complete) == (0, 2, True)
    assert run.content == content_of(tiny.small.work)
    assert run.cross.check == "checks/step_03/test_tiny.py::test_it"
    assert (run.cross.title, run.cross.look_at) == ("It holds", "manage.py: why?")
    assert "secret" not in (tiny.root / ".workbook/progress.json").read_text()
    assert "step 03: 0 of 2 checks hold" in standing(tiny)


def test_step_that_holds_is_done_and_its_exercise_a_star(tiny: TinyChecks) -> None:
    tiny.write(EXERCISE.format('raise Open("what else?")'), name="test_your_turn.py")
    tiny.run()
    step = known(tiny).of("03")
    assert step.is_done
    assert step.last.exercise.lead == "what else?"
    assert "  done   03\n" in standing(tiny)
    tiny.write(EXERCISE.format("..."), name="test_your_turn.py")
    tiny.run()
    assert "  done   03 ★\n" in standing(tiny)
    assert "page 04, which python3 workbook guide opens" in standing(tiny)


def test_what_the_machine_lacks_is_no_hindrance(tiny: TinyChecks) -> None:
    tiny.write("from checks.verdicts import Lacks\n" + HOLDS + LACKS)
    assert tiny.run().code == 2
    assert known(tiny).of("03").is_done


def test_some_of_the_checks_do_not_make_a_step_done(tiny: TinyChecks) -> None:
    tiny.write(HOLDS + '@check("Other")\ndef test_other(): ...\n')
    tiny.run("checks/step_03::test_it")
    tiny.run("checks/step_03", "-k", "test_it")
    assert not known(tiny).of("03").is_done


def test_stopped_run_is_remembered_as_one(tiny: TinyChecks) -> None:
    tiny.write(STOPPED)
    tiny.run()
    run = known(tiny).of("03").last
    assert run.cross is not None
    assert not run.is_complete
    assert "its last check did not come to its end" in standing(tiny)


def test_first_cross_is_the_first_whichever_is_asked_first(tiny: TinyChecks) -> None:
    tiny.write(NOT_YET.replace(", after=(test_it,)", "").replace("(): ...", NOT_YET_TOO))
    tiny.run("checks/step_03", "--first", "checks/step_03/test_tiny.py::test_waits")
    run = known(tiny).of("03").last
    assert run.cross.title == "It holds"


def test_another_project_than_work_is_not_remembered(tiny: TinyChecks) -> None:
    tiny.run("checks/step_03", "--target", str(tiny.root / "steps/03-third"))
    assert known(tiny) == Progress()


def test_step_that_a_later_one_broke_is_told_by_the_next_check(tiny: TinyChecks) -> None:
    tiny.write(HOLDS, step=2)
    tiny.run("checks/step_02")
    tiny.write(NOT_YET, step=2)
    tiny.run("checks/step_02")
    assert "  broke  02, which held before: ✗ It holds\n" in standing(tiny)
    said = tiny.run().text
    assert "Step 03 is done. But step 02 held before, and broke since." in said
    assert "`python3 workbook check 02`" in said
    tiny.small.write({"status/views.py": "# saved since\n"})
    said = tiny.run().flat
    assert "Step 03 is done. Next: page 04" in said
    assert "Step 02 was ✗ when it was asked last, before your last save. Ask again: " in said


def test_it_survives_start(tiny: TinyChecks) -> None:
    tiny.run()
    tiny.small.call("start", "02")
    assert standing(tiny) == (
        "  done   03\n  now    step 02: not checked yet\n  next   python3 workbook check 02\n"
    )


@pytest.mark.parametrize("text", ["", "{", '{"version": 99}', "[1, 2]", "\0"])
def test_memory_that_cannot_be_read_is_no_error(tiny: TinyChecks, text: str) -> None:
    for name in ("progress.json", "work.json"):
        (tiny.root / ".workbook" / name).write_text(text)
    assert standing(tiny) == "  next   python3 workbook check\n"
    assert tiny.run().code == 0


def test_to_say_it_takes_a_moment_and_the_standard_library(tiny: TinyChecks) -> None:
    tiny.run()
    code = """
import sys, time
before = set(sys.modules)
from workbook.cli import main
main([])
print(time.process_time(), *{name.partition(".")[0] for name in set(sys.modules) - before})
"""
    runs = [
        run_command(
            [sys.executable, "-P", "-c", code], env=tiny.environment(PYTHONPATH=str(tiny.root))
        )
        for _ in range(5)
    ]
    last = [run.stdout.splitlines()[-1].split() for run in runs]
    assert "Where you stand:" in runs[0].stdout
    assert set(last[0][1:]) <= sys.stdlib_module_names | {"workbook"}
    assert min(float(words[0]) for words in last) < MOST_SECONDS
