"""`check --watch`: a step's checks on every save, without a terminal and on one."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.support.checks_sandbox import TinyChecks, make_tiny_checks
from tests.support.text_files import write_files
from tests.support.tool_process import ToolRun, tool_run, wait_until

# What the checks find is in a file of the project's, a line each.
CHECKS = """
import time
from checks.common.fixtures import target

def said(target, name):
    words = (target.folder / "status" / "views.py").read_text().split()
    if name == "first" and "slow" in words:
        time.sleep(30)
    is_disturbed = name == "third" and (target.folder.parent / "disturbed").exists()
    if name not in words or is_disturbed:
        raise NotYet("looked", "no " + name, "it", "status/views.py", "03, Poll")

@check("The first holds")
def test_first(target): said(target, "first")

@check("The second holds")
def test_second(target): said(target, "second")

@check("The third holds", after=(test_second,))
def test_third(target): said(target, "third")
"""
ALL = "first second third"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> TinyChecks:
    """Return a small workbook with three checks of step 03, and a `work/`."""
    tiny = make_tiny_checks(tmp_path_factory.mktemp("watched") / "small workbook")
    tiny.write(CHECKS)
    tiny.begin_work()
    return tiny


@pytest.fixture
def tiny(made: TinyChecks) -> TinyChecks:
    """Return it with only the first check holding."""
    made.small.write({"status/views.py": "first"})
    for name in ("Procfile", "status/more.py", "status/tasks.py", ".env"):
        (made.small.work / name).unlink(missing_ok=True)
    shutil.rmtree(made.small.work / ".git", ignore_errors=True)
    return made


@pytest.fixture
def run(tiny: TinyChecks) -> Iterator[ToolRun]:
    """Return a call of `check 03 --watch` that has told of its first run."""
    with watching(tiny) as begun:
        begun.wait_for("1 of 3 hold\n")
        yield begun


def watching(tiny: TinyChecks, **more: str) -> AbstractContextManager[ToolRun]:
    variables = {"COLUMNS": "80", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"} | more
    return tool_run(tiny.small, "check", "03", "--watch", variables=variables)


def save(tiny: TinyChecks, text: str, name: str = "status/views.py") -> float:
    tiny.small.write({name: text})
    return time.monotonic()


def test_it_tells_the_first_cross_alone_and_how_many_hold(run: ToolRun):
    assert "Step 03, on your project in work/, on every save." in run.text
    assert "✗ The second holds" in run.text
    assert "    open     status/views.py" in run.text
    assert "The first holds" not in run.text and "The third" not in run.text


def test_options_for_the_learners_own_pytest_steer_no_watcher(tiny: TinyChecks):
    own = {"PYTEST_ADDOPTS": "-k slow", "PYTEST_PLUGINS": "no_such_plugin"}
    with watching(tiny, **own) as begun:
        begun.wait_for("1 of 3 hold\n")


def test_a_save_is_seen_at_once_and_checked_again(run: ToolRun, tiny: TinyChecks):
    saved = save(tiny, "first second")
    run.wait_for("saw status/views.py")
    assert time.monotonic() - saved < 1, "0.1 s on a machine at rest"
    run.wait_for("✗ The third holds")
    run.wait_for("2 of 3 hold · one more holds than before")


def test_what_broke_is_told_louder_than_what_was_never_there(run: ToolRun, tiny: TinyChecks):
    assert "IT HELD BEFORE" not in run.text
    save(tiny, "second third")
    run.wait_for("✗ The first holds")
    run.wait_for("2 of 3 hold · two more hold than before, one that held before does not")
    assert "IT HELD BEFORE" in run.text


def test_the_check_that_failed_last_is_asked_first(tiny: TinyChecks):
    save(tiny, "slow")
    with watching(tiny) as run:
        run.wait_for("on every save")
        save(tiny, "first")
        run.wait_for("1 of 3 hold")
        save(tiny, "slow")
        # The first check would take half a minute.
        wait_until(lambda: run.text.count("✗ The second holds") == 2, 10, lambda: run.text)


def test_a_green_is_asked_once_more_from_cold_and_stays(run: ToolRun, tiny: TinyChecks):
    save(tiny, ALL)
    run.wait_for("3 of 3 hold · two more hold than before")
    run.wait_for("run once more from a cold start")
    run.wait_for("Step 03 is done.")
    assert run.text.index("run once more from a cold start") < run.text.index("is done")
    time.sleep(0.5)
    assert run.process.poll() is None


def test_a_save_during_a_run_begins_again(run: ToolRun, tiny: TinyChecks):
    save(tiny, f"{ALL} slow")
    run.wait_for("saw status/views.py")
    time.sleep(0.5)
    save(tiny, "first second")
    run.wait_for("2 of 3 hold")


def test_unchanged_contents_answer_from_memory(run: ToolRun, tiny: TinyChecks):
    before = run.text.count("✗ The second holds")
    save(tiny, "first")
    run.wait_for("unchanged, so the verdict stands")
    save(tiny, "first second")
    run.wait_for("2 of 3 hold")
    save(tiny, "first")
    run.wait_for("1 of 3 hold · as it was when the same files were checked before")
    assert run.text.count("✗ The second holds") == before + 1


def test_a_verdict_that_another_run_has_overtaken_is_not_remembered(tiny: TinyChecks):
    """A busy machine made a right project ✗, and a check that was typed found it right."""
    disturbed = tiny.root / "disturbed"
    disturbed.touch()
    save(tiny, ALL)
    with watching(tiny) as run:
        run.wait_for("2 of 3 hold\n")
        save(tiny, "first")
        run.wait_for("1 of 3 hold")
        disturbed.unlink()
        save(tiny, ALL)
        run.wait_for("2 of 3 hold · as it was when the same files were checked before")
        save(tiny, "first")
        run.wait_for("1 of 3 hold · as it was when the same files were checked before")
        save(tiny, ALL)
        wait_until(lambda: run.text.count("2 of 3 hold · as it was") == 2, 10)
        assert tiny.run("checks/step_03").code == 0
        time.sleep(2.5)  # it looks once a second
        save(tiny, "first second")
        run.wait_for("2 of 3 hold · as many as before")
        save(tiny, ALL)
        run.wait_for("Step 03 is done.")


@pytest.mark.parametrize("name", ["Procfile", ".env", "status/more.py"])
def test_other_files_count_as_well(run: ToolRun, tiny: TinyChecks, name: str):
    save(tiny, "x=1", name)
    run.wait_for(f"saw {name}")
    run.wait_for("1 of 3 hold · as many as before")


def test_a_new_package_counts_as_a_save(tiny: TinyChecks, tmp_path: Path):
    with watching(tiny, PYTHONPATH=os.pathsep.join([str(tiny.root), str(tmp_path)])) as run:
        run.wait_for("1 of 3 hold\n")
        (tmp_path / "some_package-1.0.dist-info").mkdir()
        run.wait_for("1 of 3 hold · as many as before")
        # What was imported before is no more what is installed: from now on each run is cold.
        save(tiny, ALL)
        run.wait_for("Step 03 is done.")
    assert "run once more from a cold start" not in run.text


def test_what_is_no_part_of_the_project_does_not_count(run: ToolRun, tiny: TinyChecks):
    names = ("__pycache__/x.pyc", "db.sqlite3", "db.sqlite3-journal", ".git/index", "x.log")
    for name in (*names, "status/.views.py.swp", "status/views.py~", "4913"):
        save(tiny, "x", name)
    time.sleep(0.5)
    assert "saw" not in run.text


def test_a_file_in_a_new_folder_is_a_save(run: ToolRun, tiny: TinyChecks):
    run.wait_for("1 of 3 hold")
    # Made elsewhere and moved there, the folder has its file before anyone can watch it.
    beside = tiny.root / "made beside"
    write_files(beside, {"deep/new.py": "x = 1"})
    try:
        beside.rename(tiny.small.work / "fresh")
        run.wait_for("saw fresh/deep/new.py")
    finally:
        shutil.rmtree(tiny.small.work / "fresh")


def test_an_editor_that_writes_beside_and_renames_saves_once(run: ToolRun, tiny: TinyChecks):
    beside = tiny.small.work / "status" / ".views.py.swp"
    beside.write_text("first second")
    beside.replace(tiny.small.work / "status" / "views.py")
    run.wait_for("2 of 3 hold")
    time.sleep(0.5)
    assert run.text.count("✗ The third holds") == 1


def test_two_saves_in_a_row_are_one(run: ToolRun, tiny: TinyChecks):
    save(tiny, "")
    save(tiny, "first second")
    run.wait_for("2 of 3 hold")
    time.sleep(0.5)
    assert run.text.count("of 3 hold") == 2


def test_a_project_that_is_none_is_told_so(tiny: TinyChecks):
    (tiny.small.work / "manage.py").rename(tiny.small.work / "manage.away")
    try:
        with watching(tiny) as run:
            run.wait_for("There is no manage.py in work/")
            (tiny.small.work / "manage.away").rename(tiny.small.work / "manage.py")
            run.wait_for("1 of 3 hold")
    finally:
        if (away := tiny.small.work / "manage.away").exists():
            away.rename(tiny.small.work / "manage.py")


def test_checks_that_cannot_be_read_are_told(tiny: TinyChecks):
    tiny.write("def (:", name="test_broken.py")
    try:
        with watching(tiny) as run:
            run.wait_for("test_broken.py cannot be read")
    finally:
        (tiny.root / "checks" / "step_03" / "test_broken.py").unlink()


@pytest.mark.skipif(sys.platform == "win32", reason="there Ctrl-C reaches a whole console")
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 0), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_leaves_nothing_behind(tiny: TinyChecks, name: str, code: int):
    save(tiny, "first slow")
    with watching(tiny) as run:
        run.wait_for("on every save")
        wait_until(lambda: len(run.left()) > 1, 10)
        assert run.signal_and_wait(getattr(signal, name)) == code
        wait_until(lambda: not run.left(), 20, lambda: str(run.command_lines()))
    runs = tiny.root / ".workbook" / "runs"
    assert not runs.exists() or not list(runs.iterdir())
    assert "Traceback" not in run.text


def test_records_that_cannot_be_written_are_no_traceback_at_the_end(tmp_path: Path):
    tiny = make_tiny_checks(tmp_path / "small")
    (tiny.root / ".workbook" / "runs.lock").mkdir(parents=True)
    (tiny.root / ".workbook" / "runs").mkdir()
    answer = tiny.small.call("check", "03", "--watch", "--target", "nowhere")
    assert answer.returncode == 1
    assert answer.stderr == "There is no folder nowhere to watch.\n"


def test_it_refuses_what_shows_more(tiny: TinyChecks):
    answer = tiny.small.call("check", "03", "--watch", "--trace")
    assert answer.returncode == 1
    assert "leave out --trace" in answer.stderr


def test_a_worker_that_runs_old_code_is_told(run: ToolRun, tiny: TinyChecks):
    words = ["celery", "-A", "config", "worker"]
    sleep = [sys.executable, "-c", "import time; time.sleep(60)", *words]
    worker = subprocess.Popen(sleep, cwd=tiny.small.work)
    try:
        time.sleep(1.2)  # two clocks are involved
        save(tiny, "", "status/tasks.py")
        save(tiny, "first second")
        run.wait_for("2 of 3 hold")
        run.wait_for(f"Your own worker (process {worker.pid})")
        once = tiny.small.call("check", "03", COLUMNS="300").stdout
    finally:
        worker.kill()
        worker.wait()
    assert f"Your own worker (process {worker.pid})" in once
    assert "Your own worker" not in tiny.small.call("check", "03", COLUMNS="300").stdout


def test_a_long_folder_for_temporary_files_is_no_hindrance(tiny: TinyChecks, tmp_path: Path):
    deep = tmp_path / ("temporary" * 12)
    deep.mkdir()
    with watching(tiny, TMPDIR=str(deep)) as run:
        run.wait_for("1 of 3 hold")
    assert "Traceback" not in run.text


def test_a_git_checkout_is_one_save(tiny: TinyChecks):
    def git(*words: str) -> None:
        own = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        subprocess.run(["git", *own, *words], cwd=tiny.small.work, check=True, capture_output=True)

    names = [f"status/many_{number}.py" for number in range(200)]
    try:
        git("init", "-b", "main")
        git("add", "-f", "status/views.py")
        git("commit", "-m", "first")
        git("checkout", "-b", "second")
        save(tiny, "first second")
        for name in names:
            save(tiny, "x = 1", name)
        git("add", "-f", "status/views.py", *names)
        git("commit", "-m", "second")
        git("checkout", "main")
        with watching(tiny) as run:
            run.wait_for("1 of 3 hold")
            git("checkout", "second")
            run.wait_for("2 of 3 hold")
            time.sleep(0.5)
        assert run.text.count("of 3 hold") == 2
    finally:
        for name in names:
            (tiny.small.work / name).unlink(missing_ok=True)
        shutil.rmtree(tiny.small.work / ".git")


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is held where nothing forks")
@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM"])
def test_what_was_started_beforehand_ends_with_the_watcher(tiny: TinyChecks, name: str):
    def held() -> bool:
        return any("probe.py" in " ".join(words) for words in run.command_lines())

    with watching(tiny) as run:
        run.wait_for("1 of 3 hold")
        wait_until(held, 15, lambda: str(run.command_lines()))
        run.process.send_signal(getattr(signal, name))
        wait_until(lambda: not run.left(), 20, lambda: str(run.command_lines()))
    runs = tiny.root / ".workbook" / "runs"
    assert not list(runs.iterdir())
