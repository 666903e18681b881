"""Processes of a project that were started before its last save, and don't load what was saved.

A Celery worker and beat load the code once. So does a web server, but for Django's `runserver`,
which starts itself again on a save.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

import psutil

from workbook.projects.content import files_of
from workbook.runtime.folder_users import processes_in

# How far the two clocks may be apart: that of files, and that of processes.
TOLERANCE_SECONDS = 1.0
CODE = (".py", ".env")
SERVERS = ("daphne", "uvicorn", "gunicorn", "hypercorn")
# What no process needs, once it runs.
NEEDED_BY_NONE = ("manage.py", "tests.py")
# What answers requests, by Django's and Channels' own names: a worker works without it.
ANSWERING = (
    *("views.py", "urls.py", "forms.py", "admin.py", "middleware.py"),
    *("asgi.py", "wsgi.py", "routing.py", "consumers.py"),
)
SCHEDULE = "add_periodic_task"
NOT_NEEDED = {
    "worker": (*NEEDED_BY_NONE, *ANSWERING),
    "beat": (*NEEDED_BY_NONE, *ANSWERING, "tasks.py"),  # it sends a task by its name
    "web server": NEEDED_BY_NONE,
}


@dataclass(frozen=True)
class Outdated:
    """A process that runs older code than what was saved: its role, and when both happened."""

    role: str
    pid: int
    started: float
    saved: float
    file: str  # that was saved, below the project

    def __str__(self) -> str:
        return (
            f"Your own {self.role} (process {self.pid}) was started at {_clock(self.started)}, and "
            f"{self.file} was saved at {_clock(self.saved)}: it still runs the old code, for a "
            f"{self.role} does not reload. End it with Ctrl-C and start it again."
        )


def outdated_processes(folder: Path) -> list[Outdated]:
    """Return the processes in the project `folder` that run older code than what was saved.

    What a process does without does not count: a worker needs no view.
    """
    saves = _saves(folder)
    tasks = _text_of_tasks(folder, saves)
    found: dict[int, Outdated] = {}
    for process in processes_in(folder, lambda words: bool(role_of(words))):
        with suppress(psutil.Error, OSError):
            started = process.create_time()
            role = role_of(process.cmdline())
            saved, file = _last_save(saves, role, tasks)
            if saved > started + TOLERANCE_SECONDS and process.ppid() not in found:
                found[process.pid] = Outdated(role, process.pid, started, saved, file)
    # A pool's processes come with their worker, whichever was found first.
    return [one for one in found.values() if _parent(one.pid) not in found]


def role_of(words: Sequence[str]) -> str:
    """Return what a command line starts, "" for what loads no code or loads it again by itself."""
    names = [PureWindowsPath(word).name.removesuffix(".exe") for word in words]
    if "celery" in names:
        after = names[names.index("celery") + 1 :]
        return next((one for one in ("worker", "beat") if one in after), "")
    if "runserver" in names:
        return "web server" if "--noreload" in names else ""
    if any(one in names for one in SERVERS) and "--reload" not in names:
        return "web server"
    return ""


def _saves(folder: Path) -> list[tuple[float, str]]:
    """Return when each file of code was last written, and which it is, below `folder`."""
    saves = []
    for file in files_of(folder):
        below = file.relative_to(folder)
        if file.name.endswith(CODE) and "migrations" not in below.parts[:-1]:
            with suppress(OSError):
                saves.append((file.stat().st_mtime, below.as_posix()))
    return saves


def _text_of_tasks(folder: Path, saves: list[tuple[float, str]]) -> str:
    """Return what stands in the files of tasks."""
    texts = []
    for _, file in saves:
        if PurePosixPath(file).name == "tasks.py":
            with suppress(OSError):
                texts.append((folder / file).read_text(encoding="utf-8", errors="replace"))
    return "\n".join(texts)


def _last_save(saves: list[tuple[float, str]], role: str, tasks: str) -> tuple[float, str]:
    """Return the last of the saves that count for a process of that role; 0 where there is none.

    What `tasks`, the text of the tasks, names is theirs too; a schedule in it is beat's.
    """

    def is_needed(file: str) -> bool:
        path = PurePosixPath(file)
        if path.name not in NOT_NEEDED.get(role, ()):
            return True
        if path.name == "tasks.py":
            return SCHEDULE in tasks
        return role == "worker" and bool(
            re.search(rf"\bimport\b.*\b{path.stem}\b|\.{path.stem}\b", tasks)
        )

    return max((one for one in saves if is_needed(one[1])), default=(0.0, ""))


def _parent(pid: int) -> int:
    with suppress(psutil.Error):
        return psutil.Process(pid).ppid()
    return 0


def _clock(seconds: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(seconds))
