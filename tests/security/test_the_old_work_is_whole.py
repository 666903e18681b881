"""`start` and the checks, ended or hindered at a bad moment: what the learner had is there."""

import contextlib
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.support.commands import run_command
from tests.support.edited_projects import checks_on
from tests.support.tool_process import MARK, marked_processes, wait_until
from tests.support.workbook_copy import SmallWorkbook
from workbook.paths import ROOT
from workbook.projects.copying import copy_project
from workbook.projects.steps import find_step
from workbook.runtime.process_tree import end

MINE = {"mine.txt": "mine", "config/settings.py": "# my own\n", ".env": "KEY=mine\n"}
# Ends the tool, as a power cut would, just before the change of the disk with this number.
KILLED_AT = """
import os, signal, sys
from workbook.paths import ROOT

CHANGES = ("os.rename", "os.mkdir", "os.rmdir", "os.remove", "shutil.copyfile", "shutil.rmtree")
left = int(sys.argv.pop(1))

def count(event, arguments):
    global left
    if event in CHANGES and str(ROOT) in str(arguments):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
from workbook.cli import main
sys.exit(main(sys.argv[1:]))
"""
MOST_CHANGES, EACH = 200, 4  # the tests of the replacement itself look at each


def killed_start(small: SmallWorkbook, at: int) -> int:
    """Call `start 03`, which is killed before its change number `at`; return its exit code."""
    command = [sys.executable, "-c", KILLED_AT, str(at), "start", "03"]
    own = {"PYTHONPATH": str(small.root), "PYTHONDONTWRITEBYTECODE": "1"}
    return run_command(command, small.root, os.environ | own, timeout=60).returncode


def whole_copies(small: SmallWorkbook) -> list[Path]:
    """Return the folders that hold all of the learner's files as they were."""
    folders = [small.work, *small.root.glob("work.*")]
    return [folder for folder in folders if has_all(folder)]


def has_all(folder: Path) -> bool:
    files = [(folder / name, text) for name, text in MINE.items()]
    return all(file.is_file() and file.read_text() == text for file, text in files)


def test_start_killed_before_any_change(small: SmallWorkbook) -> None:
    small.write(MINE)
    killed = 0
    for at in range(0, MOST_CHANGES, EACH):
        code = killed_start(small, at)
        assert whole_copies(small) != []
        if code == 0:
            break
        assert code == -signal.SIGKILL
        killed += 1
        # The next call of whatever verb that has to do with work/ puts it right.
        small.call("diff", "03", "--mine")
        (whole,) = whole_copies(small)
        # From then on the same again, with the learner's files in work/.
        if whole != small.work:
            assert not (small.work / "mine.txt").exists()
            assert (small.work / "status" / "tasks.py").is_file()
            shutil.rmtree(small.work)
            whole.rename(small.work)
    else:
        pytest.fail(f"start makes more than {MOST_CHANGES} changes: look at a few of them alone")
    # Of making the base, of the copy, and of taking away.
    assert killed > 8
    assert (small.work / "status" / "tasks.py").is_file()


def limited(*command: str) -> list[str]:
    """Return a command that modes of files hold for, even where it is root that calls it."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--", *command]


@contextmanager
def read_only(root: Path) -> Iterator[None]:
    """Let nobody write below `root` inside the block."""
    folders = [root, *(path for path in root.rglob("*") if path.is_dir() and not path.is_symlink())]
    modes = [(folder, folder.stat().st_mode) for folder in folders]
    try:
        for folder, mode in modes:
            folder.chmod(mode & ~0o222)
        yield
    finally:
        for folder, mode in modes:
            folder.chmod(mode)


def start(small: SmallWorkbook, before: Callable[[], None] | None = None) -> tuple[int, str]:
    """Call `start 03`; return exit code and what it said. `before` runs in its process."""
    code = "import sys; from workbook.cli import main; sys.exit(main(sys.argv[1:]))"
    done = run_command(
        limited(sys.executable, "-B", "-c", code, "start", "03"),
        small.root,
        os.environ | {"PYTHONPATH": str(small.root)},
        preexec_fn=before,
    )
    return done.returncode, done.stdout + done.stderr


def test_on_a_read_only_disk_start_says_so_and_changes_nothing(small: SmallWorkbook) -> None:
    small.write(MINE)
    with read_only(small.root):
        code, said = start(small)
    assert code == 1
    assert "could not be replaced" in said
    assert "Make the folder writable" in said
    assert "Traceback" not in said
    assert whole_copies(small) == [small.work]


def test_read_only_files_and_folders_are_kept_as_they_are(small: SmallWorkbook) -> None:
    small.write({**MINE, "locked/read.txt": "read only"})
    (small.work / "locked/read.txt").chmod(0o400)
    with read_only(small.work / "locked"):
        code, said = start(small)
        assert code == 0, said
        (kept,) = small.root.glob("work.*")
        assert not (small.work / "locked").exists()
        (small.work / "locked").mkdir()  # read_only() gives it its mode back
    assert has_all(kept)
    assert (kept / "locked/read.txt").read_text() == "read only"
    modes = [stat.S_IMODE((kept / name).stat().st_mode) for name in ("locked", "locked/read.txt")]
    assert modes == [0o555, 0o400]


def test_on_a_full_disk_start_says_so_and_changes_nothing(small: SmallWorkbook) -> None:
    small.write(MINE)
    # A file may grow to ten bytes: as on a disk that is full, each write beyond them fails.
    code, said = start(small, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10)))
    assert code == 1
    assert "could not be replaced" in said
    assert "Traceback" not in said
    assert whole_copies(small) == [small.work]
    assert list(small.root.glob("work.*")) == []


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def is_worker(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return "worker" in process.cmdline()
    return False


@contextmanager
def checks_under_way(project: Path, mark: str) -> Iterator[subprocess.Popen[bytes]]:
    """Call the checks of step 02 on a project; inside the block all its processes are there."""
    checks = subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", "pytest", "-p", "no:cacheprovider"),
            *(str(ROOT / "checks" / "step_02"), f"--target={project}"),
        ],
        cwd=project.parent,
        env=os.environ | {MARK: mark},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: any(map(is_worker, marked_processes(mark))), 60)
        yield checks
    finally:
        checks.kill()
        checks.wait()
        end(marked_processes(mark), grace_seconds=0)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Step 02 in a learner's hands, with a database of its own."""
    copy_project(find_step("02").folder, tmp_path / "project")
    (tmp_path / "project" / "db.sqlite3").write_bytes(b"my own database")
    return tmp_path / "project"


def test_ended_checks_leave_nothing(project: Path) -> None:
    before, mark = contents(project), str(project)
    with checks_under_way(project, mark) as checks:
        checks.send_signal(signal.SIGTERM)
        checks.wait(30)
        assert contents(project) == before
        wait_until(lambda: marked_processes(mark) == [], 20, lambda: str(marked_processes(mark)))


def test_what_killed_checks_left_running_is_ended_by_the_next(project: Path) -> None:
    before, mark = contents(project), str(project)
    with checks_under_way(project, mark) as checks:
        checks.kill()
        checks.wait(30)
        assert contents(project) == before
        # One that says ✗ at once will do.
        (project / "config" / "settings.py").write_text("nonsense(", encoding="utf-8")
        assert "nonsense" in checks_on(2, project).text
        wait_until(lambda: marked_processes(mark) == [], 20, lambda: str(marked_processes(mark)))
