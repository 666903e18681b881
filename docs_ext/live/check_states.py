"""What the checks said of `work/` last, page by page, from what the tool remembers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workbook.paths import STATE, WORK
from workbook.projects import progress, work_record
from workbook.projects.content import content_of
from workbook.projects.guide_places import file_and_anchor
from workbook.projects.lessons import Lesson, all_lessons
from workbook.projects.progress import Cross, LastRun, StepProgress
from workbook.projects.steps import Step, all_steps


@dataclass(frozen=True)
class FirstCross:
    """The first ✗ of a run; `href` leads to the section that it names, "" where that is none."""

    title: str
    seen: str
    look_at: str
    guide: str
    href: str


@dataclass(frozen=True)
class CheckState:
    """What is known of a step or lesson and the project in `work/`.

    `is_checked`: there is a run on this project. `holds` of its `count` checks held, all of them
    asked if `is_complete`. `is_current`: nothing was saved since. `is_done`: every check held on
    this project, and none is ✗ since. `held_before`: they held here once, and one is ✗ now. `stars`
    counts the exercises done, in whatever project.
    """

    label: str
    title: str
    has_work: bool
    is_checked: bool = False
    is_current: bool = False
    is_complete: bool = False
    holds: int = 0
    count: int = 0
    is_done: bool = False
    held_before: bool = False
    cross: FirstCross | None = None
    stars: int = 0


class CheckStates:
    """The states of all steps and lessons; `state` is where the tool remembers them.

    `content` is that of the project, "" without one.
    """

    def __init__(self, state: Path = STATE, work: Path = WORK) -> None:
        self._state, self._work = state, work
        self._by_page: dict[str, CheckState] = {}
        self.has_work = False
        self.content = ""

    def refresh(self) -> None:
        """Read them again. It looks at every file of `work/`."""
        known, record = progress.read_progress(self._state), work_record.read_record(self._state)
        self.has_work = has_work = self._work.is_dir()
        self.content = content_of(self._work) if has_work else ""
        self._by_page = {
            f"{lesson.page}.html": state_of(lesson, known.of(lesson.label), record.id, self.content)
            if has_work
            else CheckState(lesson.label, lesson.title, False)
            for lesson in [*all_steps(), *all_lessons()]
        }

    def of(self, path: str) -> dict[str, Any] | None:
        """Return the state for the page at an address' `path`, as JSON may hold it.

        None where the page is of no step and no lesson.
        """
        state = self._by_page.get(path.lstrip("/"))
        return asdict(state) if state else None

    def label_of(self, path: str) -> str | None:
        """Return which step or lesson the page at an address' `path` is of; None for none."""
        state = self._by_page.get(path.lstrip("/"))
        return state.label if state else None

    def has(self, label: str) -> bool:
        """Tell whether a step or lesson is called so."""
        return any(state.label == label for state in self._by_page.values())

    def signature(self) -> tuple[object, ...]:
        """Return what differs where another run, or another `work/`, is remembered."""
        files = [self._state / progress.NAME, self._state / work_record.NAME, self._work]
        return tuple(map(_about, files))


def state_of(lesson: Step | Lesson, known: StepProgress, work: str, content: str) -> CheckState:
    """Return the state of a step or lesson: `work` is the project's id, `content` its digest."""
    stars = len(known.stars)
    run = known.last if known.last and known.last.work == work else None
    if run is None:
        return CheckState(lesson.label, lesson.title, True, stars=stars)
    held = known.held_in == work
    return CheckState(
        lesson.label,
        lesson.title,
        True,
        is_checked=True,
        is_current=run.content == content,
        is_complete=run.is_complete,
        holds=run.holds,
        count=run.count,
        is_done=held and run.cross is None,
        held_before=held and run.cross is not None,
        cross=first_cross(run),
        stars=stars,
    )


def first_cross(run: LastRun) -> FirstCross | None:
    """Return the first ✗ of a run with the address of its section."""
    return as_first_cross(run.cross) if run.cross else None


def as_first_cross(cross: Cross) -> FirstCross:
    """Return a ✗ with the address of the section that it names."""
    found = file_and_anchor(cross.guide)
    href = f"/{found[0]}#{found[1]}" if found else ""
    return FirstCross(cross.title, cross.seen, cross.look_at, cross.guide, href)


def _about(path: Path) -> object:
    try:
        about = path.stat()
    except OSError:
        return None
    # A folder's own time changes with each file that appears in it: it is another by its number.
    return about.st_ino if path.is_dir() else (about.st_mtime_ns, about.st_size, about.st_ino)
