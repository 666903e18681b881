"""What the watcher itself writes down of a run that it ends early."""

from pathlib import Path
from typing import Any

import pytest

from checks.reporting.events import Listed, Told
from checks.target import Target
from checks.verdicts import NotYet
from checks.watch import loop
from checks.watch.screen import Screen
from tests.support.text_files import write_files
from workbook.projects.content import content_of
from workbook.projects.lessons import find_lesson
from workbook.runtime.signals import StopSignals

FIRST, SECOND = "checks/x.py::test_first", "checks/x.py::test_second"


class KilledRuns:
    """Runs that say nothing more once they are to end: what Windows makes of them."""

    are_warm = False

    def __init__(self, *arguments: object) -> None: ...
    def stop(self) -> None: ...
    def begin(self, first: str = "", *, cold: bool = False) -> int:
        """Begin none; return its number."""
        return 1


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Return what the watcher writes down, each with all that is told of it."""
    found: list[tuple[Any, ...]] = []
    monkeypatch.setattr(loop, "remember_verdicts", lambda *told: found.append(told))
    monkeypatch.setattr(loop, "Runs", KilledRuns)
    return found


@pytest.fixture
def watching(tmp_path: Path, remembered: object) -> loop.Loop:
    """Return a watcher amid a run whose second check was asked first, and is ✗."""
    write_files(tmp_path, {"manage.py": ""})
    target = Target(tmp_path, "work", find_lesson("03"))
    watcher = loop.Loop(target, Screen("Step 03", has_keys=False), [], StopSignals())
    watcher._begin(watcher._files.contents())
    not_yet = NotYet("asked", "no", "yes", "manage.py", "03, Poll")
    for event in (
        Listed([FIRST, SECOND], "Step 03"),
        Told(SECOND, "✗", "The second", not_yet=not_yet),
        Told(FIRST, "✓", "The first"),
    ):
        watcher._happened(1, event)
    return watcher


def test_a_run_that_is_killed_for_a_hint_is_remembered_as_far_as_it_came(
    watching: loop.Loop, remembered: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    watching._pressed(loop.PAUSE)
    ((label, content, told, is_complete),) = remembered
    assert (label, content, is_complete) == ("03", content_of(tmp_path), False)
    assert [(one.id, one.mark) for one in told] == [(FIRST, "✓"), (SECOND, "✗")]


def test_what_was_told_of_other_files_is_not_remembered_of_these(
    watching: loop.Loop, remembered: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    write_files(tmp_path, {"manage.py": "# saved meanwhile"})
    watching._pressed(loop.PAUSE)
    assert remembered == []
