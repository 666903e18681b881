"""`check`: the verb that runs a step's checks on the learner's own project."""

from pathlib import Path

import pytest

from tests.support.checks_sandbox import TinyChecks, make_tiny_checks

CHECKS = '@check("It holds")\ndef test_it(): ...\n'
BROKEN = '@check("It holds")\ndef test_it(): raise KeyError("oh")\n'
NOT_YET = (
    '@check("It holds")\ndef test_it(): raise NotYet("asked", "no", "yes", "manage.py", "01")\n'
)


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TinyChecks:
    """Return a small workbook with checks for each of its steps."""
    for name, value in (("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1"), ("COLUMNS", "200")):
        monkeypatch.setenv(name, value)
    made = make_tiny_checks(tmp_path / "small workbook")
    for step in (1, 2, 3):
        made.write(CHECKS, step=step)
    return made


def test_it_wants_a_work_and_says_how_to_get_one(tiny: TinyChecks):
    answer = tiny.small.call("check")
    assert answer.returncode == 1
    assert "python3 workbook start 01" in answer.stderr
    assert "start 03" in tiny.small.call("check", "03").stderr


def test_it_finds_the_step_by_what_work_looks_like_and_says_so(tiny: TinyChecks):
    tiny.begin_work()
    answer = tiny.small.call("check")
    assert answer.stdout.splitlines()[0].startswith("work/ looks like step 03.")
    assert "Step 03, on your project in work/" in answer.stdout
    assert answer.returncode == 0


def test_a_step_can_be_named_in_every_way(tiny: TinyChecks):
    tiny.begin_work()
    for name in ("2", "02", "02-second"):
        assert "Step 02, on your project in work/" in tiny.small.call("check", name).stdout
    unknown = tiny.small.call("check", "07")
    assert unknown.returncode == 1
    assert "There is no step or lesson “07”" in unknown.stderr


def test_it_passes_the_exit_code_on(tiny: TinyChecks):
    tiny.begin_work()
    tiny.write(NOT_YET)
    assert tiny.small.call("check", "03").returncode == 1
    tiny.write(BROKEN)
    assert tiny.small.call("check", "03").returncode == 2


def test_trace_shows_every_frame(tiny: TinyChecks):
    tiny.begin_work()
    tiny.write(BROKEN)
    assert "Traceback" not in tiny.small.call("check", "03").stdout
    assert "Traceback" in tiny.small.call("check", "03", "--trace").stdout


def test_options_for_the_learners_own_pytest_steer_no_checks(tiny: TinyChecks):
    tiny.begin_work()
    own = {"PYTEST_ADDOPTS": "-k slow", "PYTEST_PLUGINS": "no_such_plugin"}
    answer = tiny.small.call("check", "03", **own)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "✓ It holds" in answer.stdout


def test_target_is_named_in_the_next_action(tiny: TinyChecks, tmp_path: Path):
    tiny.write(NOT_YET)
    (tmp_path / "my project").mkdir()
    (tmp_path / "my project" / "manage.py").touch()
    answer = tiny.small.call("check", "03", "--target", str(tmp_path / "my project"))
    assert answer.returncode == 1
    again = f'`python3 workbook check 03 --target "{tmp_path / "my project"}"`'
    assert again in answer.stdout


def test_contradicting_marks_ask_for_a_number(tiny: TinyChecks):
    tiny.small.write({"manage.py": "", "tasks.py": "def send_status_periodically(): ...\n"})
    answer = tiny.small.call("check")
    assert answer.returncode == 1
    assert "Name it: python3 workbook check 03" in answer.stderr


def test_v_lists_what_waits(tiny: TinyChecks):
    tiny.begin_work()
    tiny.write(
        f'{NOT_YET}@check("Second", after=(test_it,))\ndef test_second(): ...\n',
    )
    assert "1 more waits for this one; `-v` lists it" in tiny.small.call("check", "03").stdout
    assert "– Second: waits for “It holds”" in tiny.small.call("check", "03", "-v").stdout


def test_help_documents_the_exit_codes(tiny: TinyChecks):
    said = tiny.small.call("check", "--help").stdout
    assert "0  every check is ✓" in said
    assert "1  at least one check is ✗" in said
    assert "2  no check is ✗, but at least one is –" in said
    assert "when nothing but a browser is missing" in " ".join(said.split())
    assert "\n  2  " in said, "argparse must not fold the lines into one"
