"""Processes of a project that run older code than its last save."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.support.commands import in_background
from workbook.projects.outdated_processes import Outdated, outdated_processes, role_of

SLEEP = "import time; time.sleep(60)"
LATER, EARLIER = 10, -10  # seconds from now: when a file was saved


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with a file of code."""
    save(tmp_path, "status/tasks.py", EARLIER)
    return tmp_path


def save(project: Path, name: str, seconds: float) -> None:
    file = project / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    at = time.time() + seconds
    os.utime(file, (at, at))


@contextmanager
def running(folder: Path, *words: str) -> Iterator[int]:
    """Run a process in `folder` that has `words` on its command line."""
    with in_background([sys.executable, "-c", SLEEP, *words], cwd=folder) as process:
        yield process.pid


WORKER = ("celery", "-A", "config", "worker", "-P", "threads")


def test_worker_older_than_the_last_save_is_found(project: Path) -> None:
    with running(project, *WORKER) as pid:
        assert outdated_processes(project) == []
        save(project, "status/tasks.py", LATER)
        (found,) = outdated_processes(project)
    assert (found.pid, found.role, found.file) == (pid, "worker", "status/tasks.py")


@pytest.mark.parametrize(
    ("words", "needless", "needed"),
    [
        (WORKER, ("status/views.py", "config/urls.py", "status/consumers.py"), "status/tasks.py"),
        (WORKER, ("status/migrations/0001_initial.py", "status/tests.py"), "status/models.py"),
        (WORKER, ("env/pyvenv.cfg", "env/lib/package.py"), "status/tasks.py"),
        (WORKER, ("templates/index.html", "__pycache__/tasks.py"), ".env"),
        (("celery", "-A", "config", "beat"), ("status/tasks.py",), "config/settings.py"),
        (("daphne", "config.asgi:application"), ("status/tests.py",), "status/views.py"),
    ],
)
def test_only_what_a_process_loads_makes_it_old(
    project: Path, words: tuple[str, ...], needless: tuple[str, ...], needed: str
) -> None:
    with running(project, *words):
        for file in needless:
            save(project, file, LATER)
        assert outdated_processes(project) == []
        save(project, needed, LATER)
        assert [one.file for one in outdated_processes(project)] == [needed]


def test_what_the_tasks_import_counts_for_a_worker(project: Path) -> None:
    (project / "status/tasks.py").write_text("from .consumers import GROUP\n", encoding="utf-8")
    save(project, "status/tasks.py", EARLIER)
    with running(project, *WORKER):
        save(project, "status/views.py", LATER)
        assert outdated_processes(project) == []
        save(project, "status/consumers.py", LATER)
        assert [one.file for one in outdated_processes(project)] == ["status/consumers.py"]


def test_a_schedule_among_the_tasks_counts_for_beat(project: Path) -> None:
    text = "sender.add_periodic_task(10, send_status)\n"
    (project / "status/tasks.py").write_text(text, encoding="utf-8")
    save(project, "status/tasks.py", LATER)
    with running(project, "celery", "-A", "config", "beat"):
        assert [one.file for one in outdated_processes(project)] == ["status/tasks.py"]


def test_processes_of_another_folder_are_nobodys_business(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path.parent
    save(project, "status/tasks.py", LATER)
    with running(elsewhere, *WORKER):
        assert outdated_processes(project) == []


def test_a_workers_pool_is_told_with_its_worker(project: Path) -> None:
    parent = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{SLEEP}', *sys.argv[1:]])"
    )
    save(project, "status/tasks.py", LATER)
    process = subprocess.Popen([sys.executable, "-c", parent, *WORKER], cwd=project)
    try:
        time.sleep(0.5)
        assert [one.pid for one in outdated_processes(project)] == [process.pid]
    finally:
        for child in psutil.Process(process.pid).children():
            child.kill()
        process.wait()


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("python /venv/bin/celery -A config worker -P gevent", "worker"),
        (r"C:\venv\Scripts\celery.exe -A config beat", "beat"),
        ("python manage.py runserver 8000", ""),
        ("python manage.py runserver --noreload", "web server"),
        ("python /venv/bin/daphne config.asgi:application", "web server"),
        ("python -m uvicorn --reload config.asgi:application", ""),
        ("python manage.py shell", ""),
        ("vim celery.py", ""),
    ],
)
def test_what_loads_code_once_is_known_by_its_command(line: str, role: str) -> None:
    assert role_of(line.split()) == role


def test_the_sentence_names_the_process_the_file_and_what_to_do() -> None:
    said = str(Outdated("worker", 123, 0, 60, "status/tasks.py"))
    assert "worker (process 123)" in said
    assert "status/tasks.py was saved at" in said
    assert "End it with Ctrl-C and start it again." in said
