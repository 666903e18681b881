"""Projects that do what no project should, and all that holds of the checks nevertheless."""

import hashlib
import time
import uuid
from pathlib import Path

import pytest

from tests.support.edited_projects import (
    Change,
    Mistake,
    Step,
    checks_on,
    edited_copy,
    require_first_cross,
    roles_for,
)
from tests.support.tool_process import MARK, command_lines, marked_processes
from workbook.runtime.waiting import wait_until

# What a step may take at the worst, and what pytest's own start takes on a machine at rest.
LONGEST_SECONDS, START_SECONDS = 30, 0.2
END_SECONDS = 10


class BadInput(Mistake):
    """What is done to a project of a step, the check that can tell first, and words it must say."""

    def __init__(
        self, name: str, step: Step, check: str, words: tuple[str, ...], *edits: Change
    ) -> None:
        super().__init__(name, check, words, *edits)
        self.step = step


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
    for edit in bad.edits:
        edit.apply(project)
    before = _fingerprint(project)
    # A whole step takes nearly as long as it may: what else goes on counts from the start.
    slowness = _slowness(folder / "before") if whole_step or every_process else 1
    start = time.monotonic()
    only = None if whole_step else bad.check
    roles = [] if every_process else roles_for(bad.step, bad, only)
    said = checks_on(bad.step, project, *roles, only=only)
    took = time.monotonic() - start
    require_first_cross(said, bad.step, bad.check, *bad.words)
    assert "Traceback" not in said.text, said.text
    if took >= LONGEST_SECONDS:
        assert took < LONGEST_SECONDS * max(slowness, _slowness(folder / "after")), said.text

    def left() -> list[list[str]]:
        return command_lines(marked_processes(mark))

    # A browser that has a large page on its hands ends a moment after the checks.
    assert wait_until(lambda: not left(), END_SECONDS), left()
    assert _fingerprint(project) == before
    return took


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
