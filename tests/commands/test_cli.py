"""The command line: help, unknown words, exit codes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import run_command
from tests.support.tool_process import lay_project, tool_run
from tests.support.workbook_copy import SmallWorkbook
from workbook.invocation import CALL
from workbook.paths import ROOT
from workbook.runtime.ports import free_port

FULL = Path("/dev/full")
VERBS = ("run", "start", "shell", "hint", "diff", "reset", "redis", "doctor", "guide", "test")


def test_without_a_verb_a_help_of_one_screen_shows_every_verb(small: SmallWorkbook):
    said = small.does()
    assert len(said.splitlines()) <= 20
    assert max(map(len, said.splitlines())) <= 100
    for verb in VERBS:
        assert f"python3 workbook {verb}" in said


def test_an_unknown_verb_gets_a_sentence_with_the_verbs(small: SmallWorkbook):
    said = small.refuses("walk")
    assert "There is no subcommand “walk”" in said
    assert all(verb in said for verb in VERBS)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["start"], "required: step"),
        (["run", "--port", "70000"], "from 1 to 65535"),
        (["diff", "02", "--yours"], "“--yours” is not understood"),
        (["start", "09"], "There is no step “09”"),
    ],
)
def test_wrong_arguments_get_a_sentence_and_exit_code_1(
    small: SmallWorkbook, arguments: list[str], said: str
):
    answer = small.call(*arguments)
    assert answer.returncode == 1
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""


@pytest.mark.parametrize("verb", ["run", "redis", "guide"])
def test_records_that_cannot_be_written_get_a_sentence(small: SmallWorkbook, verb: str):
    lay_project(small.root / "steps" / "05-tiny")
    (small.root / ".workbook" / "runs.lock").mkdir(parents=True)
    (small.root / ".workbook" / "runs").mkdir()
    said = small.refuses(verb, "--port", str(free_port()))
    assert "which cannot be written" in said
    assert "runs.lock" in said


def test_what_the_system_refuses_gets_a_sentence_without_a_password(small: SmallWorkbook):
    code = (
        "from workbook.commands import doctor\n"
        "def full(_): raise OSError(28, 'No space left on device', 'redis://me:secret@host/log')\n"
        "doctor.handle = full"
    )
    with tool_run(small, "doctor", code=code) as run:
        assert run.ends() == 1
        run.wait_for("call again")
    assert "doctor could not go on: [Errno 28] No space left on device" in run.text
    assert "secret" not in run.text
    assert "Traceback" not in run.text


@pytest.mark.skipif(not FULL.exists(), reason="a device of Linux")
def test_output_that_goes_to_a_full_disk_gets_a_sentence(small: SmallWorkbook):
    streams = {"stdout": FULL.open("wb"), "stderr": subprocess.PIPE}
    with streams["stdout"], tool_run(small, "--help", **streams) as run:
        _, said = run.process.communicate(timeout=30)
    assert run.process.returncode == 1
    assert b"No space left on device" in said
    assert b"Exception ignored" not in said
    assert b"Traceback" not in said


def test_a_reader_that_leaves_early_causes_no_complaint(small: SmallWorkbook):
    code = (
        "import sys; from workbook import cli; cli.HELP = 'line {0}\\n' * 200_000;"
        "sys.exit(cli.main([]))"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, cwd=small.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    # 0 if all of it still went into the pipe, 1 if not.
    assert process.returncode in (0, 1)


@pytest.mark.skipif(os.name != "posix", reason="closed by a shell of POSIX")
@pytest.mark.parametrize(
    "arguments", [["--help"], ["diff", "02"], ["doctor"], ["bench", "nosuch"], ["check"]]
)
def test_a_closed_standard_output_changes_no_exit_code(small: SmallWorkbook, arguments: list[str]):
    command = [sys.executable, "-P", "-c", CALL, *arguments]
    environ = os.environ | {"PYTHONPATH": str(small.root), "PYTHONUTF8": "1"}
    closed = run_command(["sh", "-c", 'exec "$@" >&-', "sh", *command], small.root, environ)
    usual = small.call(*arguments)
    assert (closed.returncode, closed.stderr) == (usual.returncode, usual.stderr)


def test_pytest_gets_what_test_does_not_know_and_its_exit_code_is_passed_on(small: SmallWorkbook):
    small.write({"test_one.py": "def test_a(): pass\ndef test_b(): assert False\n"}, below="tests")
    scheduling = ROOT / "tests/plugins/scheduling.py"
    small.write({"scheduling.py": scheduling.read_text(encoding="utf-8")}, below="tests/plugins")
    passed = small.call("test", "-k", "test_a", "-q", "tests/test_one.py")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert "1 passed" in passed.stdout.splitlines()[-1]
    assert small.call("test", "-k", "test_b", "tests/test_one.py").returncode == 1
