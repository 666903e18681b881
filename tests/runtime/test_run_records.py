"""What a killed call left is ended by the next one, and nothing else is."""

import json
import re
import signal
import subprocess
import sys

import psutil
import pytest

from tests.support.skip_markers import REDIS_SERVER
from tests.support.tool_process import lay_project, lay_project_with_worker, tool_run, wait_until
from tests.support.workbook_copy import SmallWorkbook
from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.runtime import run_records
from workbook.runtime.child_environment import MARK
from workbook.runtime.ports import free_port
from workbook.runtime.process_tree import end, is_alive


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Return the folder of the run records, private to the test."""
    monkeypatch.setattr(run_records, "STATE", tmp_path)
    monkeypatch.setattr(run_records, "RUNS", tmp_path / "runs")
    (tmp_path / "runs").mkdir()
    return tmp_path / "runs"


@pytest.fixture
def sleeper():
    """Return a process that does nothing, carrying the mark of the run `old`."""
    command = [sys.executable, "-c", "print(flush=True); import time; time.sleep(600)"]
    with subprocess.Popen(command, env={MARK: "old"}, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        yield psutil.Process(process.pid)
        process.kill()


def leave_record(runs, name: str, processes: list[tuple[int, float]], **more: str) -> None:
    """Write the record of a run that was killed."""
    (runs / name).mkdir()
    text = json.dumps({"label": "step 05", "pid": 1, "processes": processes} | more)
    (runs / name / "record.json").write_text(text, encoding="utf-8")


def test_after_a_kill_the_next_call_ends_what_was_left_and_runs(small: SmallWorkbook):
    procfile = "web: python manage.py runserver $PORT\nworker: python manage.py detached\n"
    lay_project(small.root / "steps" / "05-tiny", procfile)
    port = str(free_port())
    temporary = small.root / "temporary"
    temporary.mkdir()
    variables = {"TMPDIR": str(temporary)}
    with tool_run(small, "run", "--port", port, variables=variables) as killed:
        killed.wait_for("ready")
        killed.wait_for("broker is")
        redis_port = re.search(r"at redis://127\.0\.0\.1:(\d+)", killed.text)[1]
        killed.process.send_signal(signal.SIGKILL)
        killed.ends()
        orphans = killed.left()
        assert len(orphans) >= 3
        with tool_run(small, "run", "--port", port) as following:
            following.wait_for("ready")
            assert "An earlier call was killed: cleared up after 05-tiny" in following.text
            assert killed.left() == []
            # The file on which ports are reserved is one for all runs of a user, and stays.
            reservations = {path.name for path in temporary.glob("workbook-ports-*.lock")}
            assert {path.name for path in temporary.iterdir()} == reservations
            assert f"127.0.0.1:{redis_port}" not in following.text
            assert not any(redis_port in line for line in redis_commands())
            assert len(list((small.root / ".workbook" / "runs").iterdir())) == 1
            assert following.signal_and_wait(signal.SIGINT) == 0
            assert following.left() == []


def test_after_a_kill_amid_the_start_the_next_call_ends_what_was_left(small: SmallWorkbook):
    step = small.root / "steps" / "05-tiny"
    lay_project_with_worker(step, manage="import time; time.sleep(600)")
    with tool_run(small, "run", "--port", str(free_port())) as killed:
        killed.wait_for("celery@")
        killed.process.send_signal(signal.SIGKILL)
        killed.ends()
        lay_project(step)
        with tool_run(small, "run", "--port", str(free_port())) as following:
            following.wait_for("ready")
            assert "An earlier call was killed: cleared up after 05-tiny" in following.text
            assert killed.left() == []


def redis_commands() -> list[str]:
    """Return the command lines of all Redis servers on this machine."""
    found = psutil.process_iter(["name", "cmdline"])
    return [" ".join(one.info["cmdline"] or []) for one in found if "redis" in one.info["name"]]


@pytest.mark.parametrize("kind", [pytest.param("server", marks=REDIS_SERVER), "embedded"])
def test_a_killed_call_takes_its_redis_with_it(kind):
    code = (
        "import sys, time; from workbook.redis_server.server import private_redis\n"
        "with private_redis(sys.argv[1]) as redis: print(redis.pid, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", code, kind]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as owner:
        redis = psutil.Process(int(owner.stdout.readline()))
        owner.kill()
    wait_until(lambda: not redis.is_running(), 5)


def test_a_process_is_found_by_its_number_and_start(runs, sleeper):
    leave_record(runs, "by-number", [(sleeper.pid, sleeper.create_time())])
    assert run_records.end_leftovers() == [
        "An earlier call was killed: cleared up after step 05 (1 process ended)."
    ]
    assert not is_alive(sleeper)
    assert list(runs.iterdir()) == []


def test_a_process_is_found_by_its_mark_even_without_a_record(runs, sleeper):
    (runs / "old").mkdir()
    (line,) = run_records.end_leftovers()
    assert "1 process ended" in line
    assert not is_alive(sleeper)


def test_a_process_whose_number_was_reused_is_left_alone(runs, sleeper):
    leave_record(runs, "reused", [(sleeper.pid, sleeper.create_time() - 60)])
    (line,) = run_records.end_leftovers()
    assert "0 processes ended" in line
    assert sleeper.is_running()


def test_a_run_that_goes_on_is_left_alone(runs, sleeper):
    with run_records.opened_run("step 05") as run:
        run.note([sleeper])
        assert run_records.end_leftovers() == []
        assert sleeper.is_running()
        assert (run.folder / "record.json").exists()
    assert list(runs.iterdir()) == []


@pytest.mark.parametrize(
    "touches",
    [run_records.end_leftovers, run_records.opened_run("step 05").__enter__],
    ids=["end_leftovers", "opened_run"],
)
def test_records_that_cannot_be_written_are_reported_with_their_place(runs, touches):
    (runs.parent / "runs.lock").mkdir()  # a folder: no right of a user's changes that
    with pytest.raises(WorkbookError, match=r"cannot be written: .*runs\.lock"):
        touches()


def test_whether_a_project_runs_cannot_be_told_where_its_record_is_out_of_reach(runs, tmp_path):
    leave_record(runs, "other", [], project=str(tmp_path))
    (runs / "other" / "lock").mkdir()
    with pytest.raises(WorkbookError, match=r"other.lock"):
        run_records.running_in(tmp_path)


def test_records_that_cannot_be_written_any_more_are_reported_at_the_end_of_a_run(runs):
    with (
        pytest.raises(WorkbookError, match="cannot be written"),
        run_records.opened_run("step 05"),
    ):
        (runs.parent / "runs.lock").unlink()
        (runs.parent / "runs.lock").mkdir()


def test_ending_reaches_a_stopped_process(sleeper):
    sleeper.suspend()
    end([sleeper], grace_seconds=3)
    assert not is_alive(sleeper)
