"""What the checks said of `work/` last, page by page, from what the tool remembers."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from docs_ext.live.crosses import ShownCross, shown
from workbook.paths import STATE, WORK
from workbook.projects import progress, work_record
from workbook.projects.content import content_of
from workbook.projects.lessons import Lesson
from workbook.projects.outdated_processes import outdated_processes
from workbook.projects.progress import Cross
from workbook.projects.standing import Standing
from workbook.projects.steps import Step

FIRST_PAGE = ("/", "/index.html")


@dataclass(frozen=True)
class CheckState:
    """What is known of a step or lesson and the project in `work/`.

    `is_checked`: there is a run on this project. `holds` of its `count` checks held, all of them
    asked if `is_complete`. `is_current`: nothing was saved since. `is_done`: every check held on
    this project, and none is ✗ since; `was_done`: so it was once, in whatever project. `stars`
    counts the exercises done, in whatever project too. `held_before`: they held in this project
    once, and one is ✗ now. `cross` is the first ✗, `others` are those after it. `held` are the
    names of the checks that hold, `proven` those of the ones among them that did not hold before.
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
    cross: ShownCross | None = None
    others: tuple[ShownCross, ...] = ()
    was_done: bool = False
    stars: int = 0
    held: tuple[str, ...] = ()
    proven: tuple[str, ...] = ()


class CheckStates:
    """The states of all steps and lessons; `state` is where the tool remembers them.

    `content` is that of the project, "" without one; `next` is what to do next, and
    `outdated` says of each process that the learner started that it runs old code.
    """

    def __init__(self, state: Path = STATE, work: Path = WORK) -> None:
        self._state, self.work = state, work
        self._by_page: dict[str, CheckState] = {}
        self.has_work = False
        self.content = ""
        self.next = ""
        self.outdated: tuple[str, ...] = ()

    def refresh(self) -> None:
        """Read them again. It looks at every file of `work/`."""
        known, record = progress.read_progress(self._state), work_record.read_record(self._state)
        self.has_work = self.work.is_dir()
        self.content = content_of(self.work) if self.has_work else ""
        self.outdated = tuple(map(str, outdated_processes(self.work))) if self.has_work else ()
        standing = Standing(known, record, self.has_work)
        self.next = standing.next.partition(", which ")[0]  # who reads this has it open
        self._by_page = {
            f"{lesson.page}.html": state_of(lesson, standing, self.content)
            for lesson in standing.everything
        }

    def way(self, path: str) -> dict[str, Any] | None:
        """Return all in order, and the next command, for the first page; None for others."""
        if path not in FIRST_PAGE:
            return None
        steps = [{"page": f"/{page}", **asdict(state)} for page, state in self._by_page.items()]
        return {"steps": steps, "next": self.next}

    def of(self, path: str) -> dict[str, Any] | None:
        """Return the state for the page at an address' `path`, as JSON may hold it.

        None where the page is of no step and no lesson.
        """
        state = self._by_page.get(path.lstrip("/"))
        return {**asdict(state), "outdated": self.outdated} if state else None

    def first_cross(self, label: str) -> Cross | None:
        """Return the first ✗ of a step's last run on this project."""
        run = progress.read_progress(self._state).of(label).last
        is_of_this = run and run.work == work_record.read_record(self._state).id
        return run.cross if run and is_of_this else None

    def label_of(self, path: str) -> str | None:
        """Return which step or lesson the page at an address' `path` is of; None for none."""
        state = self._by_page.get(path.lstrip("/"))
        return state.label if state else None

    def has(self, label: str) -> bool:
        """Tell whether a step or lesson is called so."""
        return any(state.label == label for state in self._by_page.values())

    def signature(self) -> tuple[object, ...]:
        """Return what differs where another run, or another `work/`, is remembered."""
        files = [self._state / progress.NAME, self._state / work_record.NAME, self.work]
        return tuple(map(_about, files))


def state_of(lesson: Step | Lesson, standing: Standing, content: str) -> CheckState:
    """Return the state of a step or lesson; `content` is the digest of the project."""
    known, work = standing.progress.of(lesson.label), standing.record.id
    run = known.last if standing.has_work and known.last and known.last.work == work else None
    began = CheckState(
        lesson.label,
        lesson.title,
        standing.has_work,
        was_done=known.is_done,
        stars=len(known.stars),
        held=(stars := _names(known.stars)),
        proven=stars,
    )
    if run is None:
        return began
    return replace(
        began,
        is_checked=True,
        is_current=run.content == content,
        is_complete=run.is_complete,
        holds=run.holds,
        count=run.count,
        is_done=known.held_in == work and run.cross is None,
        held_before=lesson in standing.broken,
        cross=shown(run.cross) if run.cross else None,
        others=tuple(map(shown, run.others)),
        held=(*stars, *_names(run.held)),
        proven=(*stars, *_names(known.proven_in(work))),
    )


def _names(ids: Iterable[str]) -> tuple[str, ...]:
    """Return the functions' names in the ids of checks."""
    return tuple(id.rpartition("::")[2] for id in ids)


def _about(path: Path) -> object:
    try:
        about = path.stat()
    except OSError:
        return None
    # A folder's own time changes with each file that appears in it: it is another by its number.
    return about.st_ino if path.is_dir() else (about.st_mtime_ns, about.st_size, about.st_ino)
