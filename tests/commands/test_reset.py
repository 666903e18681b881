"""`reset`: a file of work/, or all of it, as the step began; and exactly back again."""

import json
import os
import sqlite3
from pathlib import Path

import pytest

from tests.support.tool_process import PROCFILE, lay_project, tool_run
from tests.support.workbook_copy import STEPS, SmallWorkbook
from workbook.runtime.ports import free_port

SETTINGS = STEPS["01-first"]["config/settings.py"]
MINE = {
    "config/settings.py": "# mine\r\nDEBUG = True\r\n",
    "status/views.py": "mine = 1\n",
    "notes/idea.txt": "an idea",
}
UNTOUCHED = {".env": "SECRET=1\n", ".git/HEAD": "ref: refs/heads/main\n"}


@pytest.fixture
def begun(small: SmallWorkbook) -> SmallWorkbook:
    """A workbook with the base of step 03 in work/, changed by a learner."""
    small.call("start", "03")
    for name, text in (MINE | UNTOUCHED).items():
        file = small.work / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    (small.work / "config/celery.py").unlink()
    return small


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def kept(small: SmallWorkbook, verb: str = "reset") -> Path:
    (folder,) = small.root.glob(f"work.*-{verb}*")
    return folder


def make_database(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.execute("create table t (x)")
    database.close()


def test_file_is_as_the_base_has_it_and_what_was_there_is_kept(begun: SmallWorkbook) -> None:
    said = begun.does("reset", "config/settings.py")
    assert "config/settings.py is again as in the finished step 02, which start put" in said
    assert (begun.work / "config/settings.py").read_text() == SETTINGS
    assert (begun.work / "status/views.py").exists()
    assert f"kept in {kept(begun).name}/" in said
    assert contents(kept(begun)) == {"config/settings.py": MINE["config/settings.py"].encode()}


@pytest.mark.parametrize("file", ["config/settings.py", "config/celery.py", None])
def test_undo_brings_back_exactly_what_was_there(begun: SmallWorkbook, file: str | None) -> None:
    """Files that were changed, deleted and added, with their ends of lines."""
    before = contents(begun.work)
    begun.does("reset", *filter(None, [file]))
    assert contents(begun.work) != before
    begun.does("reset", "--undo")
    assert contents(begun.work) == before


def test_undo_takes_away_the_folder_that_the_reset_made(begun: SmallWorkbook) -> None:
    (begun.work / "status/tasks.py").unlink()
    (begun.work / "status/views.py").unlink()
    (begun.work / "status").rmdir()
    begun.call("reset", "status/tasks.py")
    begun.call("reset", "--undo")
    assert not (begun.work / "status").exists()


def test_all_of_it_is_the_base_again_and_the_learners_data_stays(begun: SmallWorkbook) -> None:
    make_database(begun.work / "db.sqlite3")
    make_database(begun.work / "status/named_by_databases")
    (begun.work / "status/named_by_databases-wal").write_bytes(b"pages")
    assert "work/ is again as in the finished step 02" in begun.does("reset")
    found = contents(begun.work)
    base = {
        name: text.encode()
        for step in ("01-first", "02-second")
        for name, text in STEPS[step].items()
    }
    databases = {"db.sqlite3", "status/named_by_databases", "status/named_by_databases-wal"}
    assert found.keys() == base.keys() | UNTOUCHED.keys() | databases
    assert base.items() <= found.items()
    assert {name: text.encode() for name, text in MINE.items()}.items() <= contents(
        kept(begun)
    ).items()
    assert not databases & contents(kept(begun)).keys()


def test_a_virtual_environment_of_any_name_stays(begun: SmallWorkbook) -> None:
    environment = {"env/pyvenv.cfg": "home = /usr\n", "env/lib/package.py": "x = 1\n"}
    begun.write(environment)
    begun.does("reset")
    assert {name: (begun.work / name).read_text() for name in environment} == environment
    assert not (kept(begun) / "env").exists()


def test_resets_are_undone_one_after_the_other(begun: SmallWorkbook) -> None:
    before = contents(begun.work)
    begun.call("reset", "config/settings.py")
    begun.call("reset")
    begun.does("reset", "--undo")
    begun.does("reset", "--undo")
    assert contents(begun.work) == before
    assert "There is no reset to undo" in begun.refuses("reset", "--undo")


def test_what_was_written_since_the_reset_is_kept_by_its_undoing(begun: SmallWorkbook) -> None:
    begun.call("reset", "config/settings.py")
    begun.write({"config/settings.py": "second thoughts\n"})
    answer = begun.call("reset", "--undo")
    assert contents(kept(begun, "undo")) == {"config/settings.py": b"second thoughts\n"}
    assert kept(begun, "undo").name in answer.stdout


def test_start_ends_what_can_be_undone(begun: SmallWorkbook) -> None:
    begun.call("reset")
    begun.call("start", "02")
    assert "There is no reset to undo" in begun.call("reset", "--undo").stderr


def test_what_is_as_the_base_has_it_is_left_alone(begun: SmallWorkbook) -> None:
    assert "Nothing was changed" in begun.does("reset", "status/tasks.py")
    assert not list(begun.root.glob("work.*"))


@pytest.mark.parametrize("record", [None, "{", '{"version": 99}', '{"version": 1, "base": "77"}'])
def test_without_a_readable_record_the_files_tell_the_base(
    begun: SmallWorkbook, record: str | None
) -> None:
    begun.write({"status/urls.py": 'path("check-status/<uuid:id>/", view)\n'})
    begun.write(STEPS["01-first"])
    file = begun.root / ".workbook/work.json"
    file.unlink() if record is None else file.write_text(record)
    begun.write({"status/tasks.py": STEPS["02-second"]["status/tasks.py"] + "mine = 1\n"})
    said = begun.does("reset", "status/tasks.py")
    assert "as in the finished step 02, because work/ looks like step 03" in said


def test_another_steps_base_is_named_and_can_be_had(begun: SmallWorkbook) -> None:
    begun.call("start", "01")
    begun.write(STEPS["01-first"] | STEPS["02-second"] | STEPS["03-third"])
    said = begun.refuses("reset", "status/tasks.py")
    assert "status/tasks.py is not in the empty folder of step 01" in said
    begun.write({"status/tasks.py": STEPS["02-second"]["status/tasks.py"] + "mine = 1\n"})
    answer = begun.call("reset", "status/tasks.py", "--step", "03")
    assert "as in the finished step 02, the base of step 03" in answer.stdout


def test_own_way_through_the_steps_is_told_of_the_base_that_it_looks_like(
    begun: SmallWorkbook,
) -> None:
    begun.call("start", "02")
    begun.write(STEPS["02-second"] | STEPS["03-third"] | {"config/settings.py": SETTINGS + "#\n"})
    answer = begun.call("reset", "config/settings.py")
    assert "work/ looks like step 03 by now" in answer.stdout
    assert "reset config/settings.py --step 03" in answer.stdout


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("../README.md", "is outside work/"),
        ("/etc/hostname", "is outside work/"),
        (".", "is all of work/"),
        ("work", "is all of work/"),
        ("config", "config is a folder"),
        (".env", "is yours alone"),
        (".git/HEAD", "is yours alone"),
        ("db.sqlite3", "is a database"),
        ("db.sqlite3-journal", "is a database, or belongs to one"),
        ("status/views.py", "status/views.py is not in the finished step 02"),
        ("settings.py", "Did you mean config/settings.py?"),
        ("link.py", "link.py is a link"),
        ("behind/settings.py", "behind is a link"),
        ("notes/idea.txt/deeper.py", "notes/idea.txt is a file"),
    ],
)
def test_what_cannot_be_reset_gets_a_sentence(begun: SmallWorkbook, file: str, said: str) -> None:
    make_database(begun.work / "db.sqlite3")
    (begun.work / "link.py").symlink_to("config/settings.py")
    (begun.work / "behind").symlink_to("config")
    before = contents(begun.work)
    answer = begun.call("reset", file)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr
    assert contents(begun.work) == before
    assert not list(begun.root.glob("work.*"))


def test_file_may_be_named_from_wherever_one_is(begun: SmallWorkbook) -> None:
    for folder, name in [
        (begun.root, "work/config/settings.py"),
        (begun.work / "status", "../config/settings.py"),
        (begun.work, str(begun.work / "config/settings.py")),
    ]:
        begun.write({"config/settings.py": "# mine\n"})
        code = f"import os; os.chdir({str(folder)!r})"
        with tool_run(begun, "reset", name, code=code) as run:
            assert run.ends() == 0, run.text
        assert (begun.work / "config/settings.py").read_text() == SETTINGS


def test_without_work_or_with_a_link_the_way_out_is_told(small: SmallWorkbook) -> None:
    assert "python3 workbook start 01" in small.call("reset").stderr
    (small.root / "elsewhere").mkdir()
    small.work.symlink_to(small.root / "elsewhere")
    assert "reset changes no folder elsewhere" in small.call("reset").stderr


def test_file_that_cannot_be_replaced_gets_a_sentence_and_stays(begun: SmallWorkbook) -> None:
    code = (
        "from workbook.projects import replacement\n"
        "def in_use(path): raise PermissionError(13, 'in use', str(path))\n"
        "replacement._unlink = in_use"
    )
    before = contents(begun.work)
    with tool_run(begun, "reset", code=code) as run:
        assert run.ends() == 1
    assert "It is as it was" in run.text
    assert "in use" in run.text
    assert contents(begun.work) == before


@pytest.mark.parametrize("file", ["config/settings.py", None])
def test_killed_reset_is_finished_by_the_next_call(begun: SmallWorkbook, file: str | None) -> None:
    before = contents(begun.work)
    code = (
        "import os, signal; from workbook.projects.replacement import FolderSync\n"
        "FolderSync._place = lambda *_: os.kill(os.getpid(), signal.SIGKILL)"
    )
    with tool_run(begun, "reset", *filter(None, [file]), code=code) as killed:
        assert killed.ends() == -9
    answer = begun.call("doctor")
    assert "An earlier reset was killed half-way, and is finished now." in answer.stdout
    assert (begun.work / "config/settings.py").read_text() == SETTINGS
    assert (begun.work / ".env").exists()
    begun.does("reset", "--undo")
    assert contents(begun.work) == before


def test_running_project_is_told_to_restart_its_worker(small: SmallWorkbook) -> None:
    small.call("start", "02")
    lay_project(small.work, PROCFILE)
    port = free_port()
    with tool_run(small, "run", "--port", str(port)) as run:
        run.wait_for("ready:")
        small.write({"config/celery.py": "# mine\n"})
        answer = small.call("reset", "config/celery.py")
        assert f"Your project runs (process {run.process.pid})" in answer.stdout


def test_file_is_reset_though_nobody_can_tell_whether_the_project_runs(
    begun: SmallWorkbook,
) -> None:
    record = {"label": "work/", "project": str(begun.work), "pid": 1, "processes": []}
    begun.write({"runs/other/record.json": json.dumps(record)}, below=".workbook")
    (begun.root / ".workbook/runs/other/lock").mkdir()  # as it is out of reach where it is root's
    answer = begun.call("reset", "config/settings.py")
    assert answer.returncode == 0
    assert (begun.work / "config/settings.py").read_text(encoding="utf-8") == SETTINGS
    assert "is again as in" in answer.stdout
    assert "If your project runs, its worker has the old code" in answer.stdout
    assert answer.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="a mode of files on POSIX")
def test_modes_come_back(begun: SmallWorkbook) -> None:
    (begun.work / "config").chmod(0o700)
    (begun.work / "config/settings.py").chmod(0o640)
    begun.call("reset", "config/settings.py")
    assert (begun.work / "config").stat().st_mode & 0o777 == 0o700
    begun.call("reset", "--undo")
    assert (begun.work / "config/settings.py").stat().st_mode & 0o777 == 0o640
