"""`start`: the base of a step in work/, and nothing of the learner's lost."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.support.commands import run_command
from tests.support.text_files import write_files
from tests.support.tool_process import PROCFILE, lay_project, tool_run
from tests.support.workbook_copy import SmallWorkbook
from workbook.commands.start import describe
from workbook.invocation import CALL
from workbook.runtime.folder_users import FolderUser
from workbook.runtime.ports import free_port
from workbook.runtime.process_output import AS_TEXT

ENV = "CELERY_BROKER_REDIS_URL=redis://localhost:6399\n"


def kept_beside(small: SmallWorkbook) -> list[Path]:
    return sorted(small.root.glob("work.*"))


def test_start_lays_the_step_before_and_says_so(small: SmallWorkbook):
    assert "the finished step 02: the base of step 03" in small.does("start", "03")
    assert (small.work / "status/tasks.py").is_file()
    assert (small.work / ".env.example").is_file()
    assert not (small.work / "status/urls.py").exists()
    assert kept_beside(small) == []


def test_the_first_step_begins_with_an_empty_folder(small: SmallWorkbook):
    assert "begins with nothing" in small.call("start", "01").stdout
    assert list(small.work.iterdir()) == []
    # An empty folder holds nothing to keep.
    small.call("start", "1")
    assert kept_beside(small) == []


def test_what_was_there_is_kept_beside_however_often(small: SmallWorkbook):
    for text in ("one", "two", "three"):
        small.write({"mine.txt": text})
        assert "is kept in work." in small.call("start", "02").stdout
    kept = [(folder / "mine.txt").read_text() for folder in kept_beside(small)]
    assert sorted(kept) == ["one", "three", "two"]
    assert not (small.work / "mine.txt").exists()


def test_noise_of_a_run_in_steps_is_not_laid(small: SmallWorkbook):
    noise = {
        "db.sqlite3": "",
        "config/__pycache__/x.pyc": "",
        ".env": "",
        "celerybeat-schedule": "",
    }
    small.write(noise, below="steps/01-first")
    small.call("start", "02")
    names = {path.name for path in small.work.rglob("*")}
    assert names == {"config", "settings.py", "celery.py", ".env.example"}


def test_a_link_is_kept_as_a_link_and_its_target_is_left_alone(small: SmallWorkbook):
    elsewhere = small.root.parent / "elsewhere"
    write_files(elsewhere, {"mine.txt": "mine"})
    small.work.symlink_to(elsewhere)
    small.does("start", "02")
    assert not small.work.is_symlink()
    (kept,) = kept_beside(small)
    assert kept.is_symlink()
    assert (elsewhere / "mine.txt").read_text() == "mine"


def test_a_folder_that_cannot_be_written_gets_a_sentence(small: SmallWorkbook):
    small.write({"mine.txt": "mine"})
    (small.root / ".workbook").write_text("in the way")
    assert "could not be replaced" in small.refuses("start", "02")
    assert (small.work / "mine.txt").read_text() == "mine"


def test_two_starts_side_by_side_both_keep_what_they_found(small: SmallWorkbook):
    small.write({"mine.txt": "mine"})
    code = "from workbook.cli import main; raise SystemExit(main(['start', '03']))"
    calls = [
        subprocess.Popen([sys.executable, "-c", code], cwd=small.root, stdout=subprocess.DEVNULL)
        for _ in range(4)
    ]
    assert [call.wait(timeout=30) for call in calls] == [0, 0, 0, 0]
    kept = kept_beside(small)
    assert len(kept) == 4
    assert sum((folder / "mine.txt").exists() for folder in kept) == 1
    shutil.rmtree(small.work)


@contextmanager
def a_process(folder: Path, *command: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command in `folder` until it has printed a line; it waits for its input then."""
    with subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **AS_TEXT
    ) as process:
        try:
            process.stdout.readline()
            yield process
        finally:
            process.kill()


def a_terminal(folder: Path) -> AbstractContextManager[subprocess.Popen[str]]:
    """Run a shell in `folder`: what one is on a terminal, for who looks at it from outside."""
    # Two commands: with one alone the shell would become it.
    return a_process(folder, "bash", "-c", "echo; while read line; do eval $line; done; true")


def answer_of(shell: subprocess.Popen[str], line: str) -> str:
    shell.stdin.write(f"{line}\n")
    shell.stdin.flush()
    return shell.stdout.readline().strip()


def test_terminal_in_work_is_in_the_new_project(small: SmallWorkbook) -> None:
    small.write({"mine.txt": "mine", "config/settings.py": "# mine"})
    before = small.work.stat().st_ino
    with a_terminal(small.work) as above, a_terminal(small.work / "config") as inside:
        said = small.does("start", "03")
        assert answer_of(above, "echo status* mine*") == "status mine*"
        assert answer_of(above, "pwd -P") == str(small.work)
        assert "INSTALLED_APPS" in answer_of(inside, "echo $(<settings.py)")
    assert small.work.stat().st_ino == before
    assert "2 terminals are in work/, and in the new project now" in said
    (kept,) = kept_beside(small)
    assert (kept / "mine.txt").read_text() == "mine"
    assert (kept / "config/settings.py").read_text() == "# mine"


def test_terminal_in_a_folder_that_goes_is_told_where_to_go(small: SmallWorkbook) -> None:
    small.write({"notes/mine.txt": "mine"})
    with a_terminal(small.work / "notes"):
        answer = small.call("start", "02")
    assert answer.returncode == 0, answer.stderr
    assert "in work/notes, which is gone" in answer.stdout
    assert f"cd {small.work}" in answer.stdout


def test_what_uses_work_is_named_and_nothing_is_changed(small: SmallWorkbook) -> None:
    small.write({"config/mine.txt": "mine", "db.sqlite3": ""})
    code = "import sqlite3; c = sqlite3.connect(sys.argv[1]); c.execute('create table t (x)')"
    opens = f"import sys; {code}; print(flush=True); input()"
    waits = "print(flush=True); input()"
    database = str(small.work / "db.sqlite3")
    with (
        a_process(small.work / "config", sys.executable, "-c", waits) as inside,
        a_process(small.root, sys.executable, "-c", opens, database) as holder,
    ):
        said = small.refuses("start", "02")
        assert f"(process {inside.pid}) runs there: " in said
        assert f"(process {holder.pid}) has db.sqlite3 open" in said
        assert "Nothing was changed" in said
        assert (small.work / "config/mine.txt").read_text() == "mine"
        assert kept_beside(small) == []
        small.does("start", "02", "--anyway")
    (kept,) = kept_beside(small)
    with sqlite3.connect(kept / "db.sqlite3") as copied:
        assert copied.execute("select name from sqlite_master").fetchall() == [("t",)]


def test_a_password_in_the_command_of_what_uses_work_is_not_shown(tmp_path: Path) -> None:
    address = "redis://user:hunter2hunter2@h:6379"
    words = ("python", "-m", "celery", "-A", "config", f"--broker={address}", "worker")
    said = describe(FolderUser(7, "python", words, tmp_path, (), is_caller=False))
    assert "--broker=redis://" in said
    assert "hunter2" not in said


def test_run_in_work_is_named_with_its_address(small: SmallWorkbook) -> None:
    lay_project(small.work, PROCFILE)
    port = free_port()
    with tool_run(small, "run", "--port", str(port)) as run:
        run.wait_for("ready:")
        said = small.refuses("start", "02")
        assert f"work/ itself: http://localhost:{port}/ (process {run.process.pid})" in said
        assert "manage.py" not in said  # of which it is made
        assert (small.work / "Procfile").read_text() == PROCFILE
    small.does("start", "02")


def test_other_call_of_the_tool_in_work_is_no_hindrance(small: SmallWorkbook) -> None:
    small.write({"mine.txt": "mine"})
    port = str(free_port())
    code = f"import os; os.chdir({str(small.work)!r})"
    with tool_run(small, "redis", "--port", port, code=code) as redis:
        redis.wait_for(port)
        small.does("start", "02")
    waits, script = "print(flush=True); input()", str(small.root / "workbook/__main__.py")
    with a_process(small.work, sys.executable, "-c", waits, script):
        small.does("start", "02")


def test_called_from_inside_and_piped_it_is_no_hindrance_to_itself(small: SmallWorkbook) -> None:
    small.write({"mine.txt": "mine"})
    # What is piped into another at a prompt has a group of its own.
    line = f"set -m; {sys.executable!r} -P -c '{CALL}' start 02 | cat; true"
    done = run_command(
        ["bash", "-c", line], small.work, {**os.environ, "PYTHONPATH": str(small.root)}
    )
    assert "work/ now holds the finished step 01" in done.stdout, done.stderr


def test_own_terminal_in_a_folder_that_goes_is_told_so(small: SmallWorkbook) -> None:
    small.write({"notes/mine.txt": "mine"})
    variables = os.environ | {"PYTHONPATH": str(small.root)}
    line = f"{sys.executable!r} -P -c '{CALL}' start 02; true"
    done = run_command(["bash", "-c", line], small.work / "notes", variables)
    assert "A terminal is still in work/notes, which is gone" in done.stdout, done.stderr


def test_env_comes_along(small: SmallWorkbook) -> None:
    small.write({".env": ENV})
    said = small.call("start", "03").stdout
    assert (small.work / ".env").read_text() == ENV
    assert "Your .env came along." in said
    (kept,) = kept_beside(small)
    assert (kept / ".env").read_text() == ENV


def test_env_stays_behind_where_the_page_writes_it(small: SmallWorkbook) -> None:
    small.write({".env": ENV})
    said = small.call("start", "01").stdout
    assert list(small.work.iterdir()) == []
    assert "Your .env is kept there too: page 01 writes it." in said


def test_env_behind_a_link_comes_along(small: SmallWorkbook) -> None:
    elsewhere = small.root.parent / "elsewhere"
    write_files(elsewhere, {".env": ENV})
    small.work.symlink_to(elsewhere)
    said = small.call("start", "02").stdout
    assert (small.work / ".env").read_text() == ENV
    assert f"work/ was a link to {elsewhere}" in said


@pytest.mark.parametrize("verb", [["start", "03"], ["check", "09"], ["run", "work"], ["doctor"]])
def test_killed_start_is_finished_by_the_next_call(small: SmallWorkbook, verb: list[str]) -> None:
    small.write({"mine.txt": "mine"})
    code = (
        "import os, signal; from workbook.projects.replacement import FolderSync\n"
        "FolderSync.run = lambda self: os.kill(os.getpid(), signal.SIGKILL)"
    )
    with tool_run(small, "start", "03", code=code) as killed:
        assert killed.ends() == -9
    answer = small.call(*verb)
    assert "An earlier start was killed half-way, and is finished now." in answer.stdout
    kept = kept_beside(small)[0]
    assert f"kept in {kept.name}/" in answer.stdout
    assert (kept / "mine.txt").read_text() == "mine"
    assert (small.work / "status/tasks.py").is_file()
    assert not (small.work / "mine.txt").exists()


def test_journal_that_cannot_be_read_is_named_and_doctor_goes_on(small: SmallWorkbook) -> None:
    small.write({"mine.txt": "mine"})
    small.write({"replacement.json": ""}, below=".workbook")
    for verb in (["start", "03"], ["check", "01"]):
        said = small.refuses(*verb)
        assert f"{small.root / '.workbook' / 'replacement.json'}, which tells how" in said
        assert "Remove that file, then call again." in said
    seen = small.call("doctor").stdout
    assert "✗ work/          An earlier call was killed, and" in seen
    assert "– port 8000" in seen or "✓ port 8000" in seen
    assert (small.work / "mine.txt").read_text() == "mine"
