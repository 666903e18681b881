"""What counts as a save in a project, and what does not."""

import os
import sys
import threading
from pathlib import Path

import pytest

from checks.watch.files import CountedFiles
from tests.support.text_files import write_files
from workbook.projects.content import LARGE_BYTES, content_of, last_save

FILES = {"manage.py": "", "config/settings.py": "DEBUG = True\n", ".env": "A=1\n"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_files(tmp_path, FILES)
    return tmp_path


def digests(project: Path) -> tuple[str, str]:
    """Return a project's content as a check sees it, and as the watcher does."""
    return content_of(project), CountedFiles(project).contents().digest


@pytest.mark.parametrize(
    "change",
    [
        {"config/settings.py": "DEBUG = False\n"},
        {".env": "A=2\n"},
        {"new.py": ""},
        {"x/y.html": ""},
    ],
)
def test_saved_files_are_another_content(project: Path, change: dict[str, str]) -> None:
    before = content_of(project)
    write_files(project, change)
    assert content_of(project) != before


def test_what_a_run_writes_is_the_same_content(project: Path) -> None:
    before, saved = content_of(project), last_save(project)
    write_files(
        project,
        {
            "db.sqlite3": "x",
            "config/__pycache__/a.pyc": "x",
            ".git/HEAD": "x",
            "celerybeat-schedule": "",
        },
    )
    (project / "named").write_bytes(b"SQLite format 3\0 and more")
    assert (content_of(project), last_save(project)) == (before, saved)


@pytest.mark.parametrize(
    "name",
    [
        *(".views.py.swp", ".views.py.kate-swp", "#views.py#", "views.py~", "4913", "sedAbC123"),
        *("dump.rdb", "web.log", "beat.pid", "app.db", "app.db-wal", "celerybeat-schedule"),
    ],
)
def test_what_editors_and_processes_keep_is_no_save(project: Path, name: str) -> None:
    before = digests(project)
    write_files(project, {name: "x", f"status/{name}": "x"})
    assert digests(project) == before
    assert not CountedFiles(project).counts(project / "status" / name)


def test_virtual_environment_of_any_name_is_no_save(project: Path) -> None:
    before = digests(project)
    write_files(project, {"env/pyvenv.cfg": "", "env/lib/x.py": "x", "my/own/pyvenv.cfg": "x"})
    assert digests(project) == before
    watched = CountedFiles(project)
    assert not watched.counts(project / "env")
    assert not watched.counts(project / "env/lib/x.py")
    assert watched.counts(project / "my/x.py")


def test_database_of_any_name_is_no_save_to_the_watcher(project: Path) -> None:
    watched = CountedFiles(project).contents().digest
    (project / "named").write_bytes(b"SQLite format 3\0 and more")
    assert CountedFiles(project).contents().digest == watched
    assert not CountedFiles(project).counts(project / "named")


def test_large_file_counts_by_its_size_and_time(project: Path) -> None:
    big = project / "film.mp4"
    big.touch()
    os.truncate(big, LARGE_BYTES + 1)
    before = digests(project)
    os.utime(big, (1, 1))
    assert all(now != then for now, then in zip(digests(project), before, strict=True))


@pytest.mark.skipif(sys.platform == "win32", reason="there are none in its folders")
def test_named_pipe_is_never_read(project: Path) -> None:
    before, found = digests(project), []
    os.mkfifo(project / "pipe")
    looking = threading.Thread(target=lambda: found.append(digests(project)), daemon=True)
    looking.start()
    looking.join(5)
    assert found == [before]


def test_folder_that_is_not_there_has_a_content(tmp_path: Path) -> None:
    assert content_of(tmp_path / "nowhere") == content_of(tmp_path)
    assert last_save(tmp_path / "nowhere") == 0
