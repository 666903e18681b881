"""Projects that do what no project should, and all that holds of the checks nevertheless."""

import hashlib
import importlib
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.support.edited_projects import MODULES, WITHOUT_WORKER, checks_on, edited_copy
from tests.support.tool_process import MARK, marked_processes
from workbook.runtime.waiting import wait_until

# What a step may take at the worst, and what pytest's own start takes on a machine at rest.
LONGEST_SECONDS, START_SECONDS = 30, 1.2
END_SECONDS = 10


@dataclass(frozen=True)
class BadInput:
    """What is done to a project, the check that can tell first, and words that it must say."""

    name: str
    step: int
    check: str
    words: tuple[str, ...]
    spoil: Callable[[Path], object]
    is_long: bool = False  # looked at in the long rounds alone

    def __str__(self) -> str:
        return self.name


def written(file: str, text: str | bytes) -> Callable[[Path], object]:
    """Return what writes a whole file."""
    content = text.encode() if isinstance(text, str) else text
    return lambda project: (project / file).write_bytes(content)


def changed(file: str, old: str, new: str) -> Callable[[Path], object]:
    """Return what changes a part of a file."""

    def change(project: Path) -> None:
        text = (project / file).read_text(encoding="utf-8")
        assert old in text
        (project / file).write_text(text.replace(old, new), encoding="utf-8")

    return change


def appended(file: str, text: str) -> Callable[[Path], object]:
    """Return what adds lines at the end of a file."""

    def append(project: Path) -> None:
        with (project / file).open("a", encoding="utf-8") as open_file:
            open_file.write(text)

    return append


def require_a_clear_cross(
    bad: BadInput,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    whole_step: bool = False,
    every_process: bool = False,
) -> float:
    """Assert all that holds whatever the project does; return the seconds that it took.

    The check meant for it is run, with those that it waits for, or the whole step. Of the
    processes of the Procfile those run that the check looks at, or all of them.
    """
    mark = uuid.uuid4().hex
    monkeypatch.setenv(MARK, mark)
    project = edited_copy(bad.step, (), folder)
    bad.spoil(project)
    before = _fingerprint(project)
    # A whole step takes nearly as long as it may: what else goes on counts from the start.
    slowness = _slowness(folder / "before") if whole_step or every_process else 1
    start = time.monotonic()
    only = None if whole_step else bad.check
    said = checks_on(
        bad.step, project, *([] if every_process else _roles_for(bad, only)), only=only
    )
    took = time.monotonic() - start
    title = getattr(importlib.import_module(MODULES[bad.step]), bad.check).check.title
    assert said.first_cross == title, said.text
    assert said.code == 1, said.text
    assert "Traceback" not in said.text, said.text
    text = " ".join(said.text.replace("│", " ").split())
    assert not [word for word in bad.words if word not in text], said.text
    if took >= LONGEST_SECONDS:
        assert took < LONGEST_SECONDS * max(slowness, _slowness(folder / "after")), said.text

    def left() -> list[str]:
        return list(filter(None, map(_command_line, marked_processes(mark))))

    # A browser that has a large page on its hands ends a moment after the checks.
    assert wait_until(lambda: not left(), END_SECONDS), left()
    assert _fingerprint(project) == before
    return took


def _command_line(process: psutil.Process) -> str:
    """Return what a process was started with, empty where it has ended meanwhile."""
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def _roles_for(bad: BadInput, check: str | None) -> list[str]:
    """Return the option that leaves out each process which plays no part; `check` is None for all.

    Step 01 is about the processes.
    """
    if bad.step == 1 or check == "test_the_processes_start":
        return []
    return ["--roles=web" if check in WITHOUT_WORKER.get(bad.step, ()) else "--roles=web,worker"]


def _slowness(folder: Path) -> float:
    """Return how many times as long as on a machine at rest pytest's own start takes now."""
    start = time.monotonic()
    checks_on(1, edited_copy(1, (), folder), "--collect-only")
    return (time.monotonic() - start) / START_SECONDS


def _fingerprint(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Return for each file below `folder` a hash of its content, its mode and its last change."""
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            path.stat().st_mode,
            path.stat().st_mtime_ns,
        )
        for path in sorted([folder, *folder.rglob("*")])
    }
