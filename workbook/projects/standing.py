"""How far the learner is: what is done, what broke since, where they are, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from workbook.errors import WorkbookError
from workbook.invocation import tool_command
from workbook.projects.lessons import Lesson, all_lessons, find_lesson
from workbook.projects.progress import LastRun, Progress
from workbook.projects.steps import Step, all_steps
from workbook.projects.work_record import WorkRecord

LAST_STEP = 5
LABEL_WIDTH = 7
STAR = "★"


@dataclass(frozen=True)
class Standing:
    """What is known of all steps, and `record` of the project that is in `work/` now."""

    progress: Progress
    record: WorkRecord
    has_work: bool

    def lines(self, width: int) -> list[str]:
        """Return the lines that say it, none longer than `width` columns."""
        lines = ["Where you stand:"]
        if self.done:
            lines.append(_line("done", ", ".join(map(self._with_stars, self.done))))
        for one in self.broken:
            run = self._last(one)
            title = run.cross.title if run and run.cross else ""
            lines.append(_line("broke", f"{one.label}, which held before: ✗ {title}"))
        if self.place and not self._holds(self.place):
            lines.append(_line("now", f"{self.place.title}: {self._count(self.place)}"))
        lines.append(_line("next", self.next))
        return [line if len(line) <= width else f"{line[: width - 1]}…" for line in lines]

    @cached_property
    def everything(self) -> list[Step | Lesson]:
        """All steps in order, then the further lessons."""
        return [*all_steps(), *all_lessons()]

    @property
    def done(self) -> list[Step | Lesson]:
        """Those whose checks all held once, in whatever project."""
        return [one for one in self.everything if self.progress.of(one.label).is_done]

    @property
    def broken(self) -> list[Step | Lesson]:
        """Those that held in this project, and have a ✗ since."""
        found = []
        for one in self.everything:
            run = self._last(one)
            if run and run.cross and (self._was_green(one) or self._is_in_base(one)):
                found.append(one)
        return found

    @property
    def place(self) -> Step | Lesson | None:
        """The furthest that this project was begun with or checked for; None if that is unknown."""
        seen = [one for one in self.everything if self._last(one) or one.label == self.record.step]
        return seen[-1] if seen and self.has_work else None

    @property
    def next(self) -> str:
        """The next command."""
        tool = tool_command()
        if self.broken:
            return f"{tool} check {self.broken[0].label}"
        if not self.has_work:
            ahead = [one for one in self.everything if one not in self.done]
            return f"{tool} start {(ahead or self.everything)[0].label}"
        if self.place is None:
            return f"{tool} check"
        if not self._holds(self.place):
            return f"{tool} check {self.place.label}"
        after = following(self.place.label).partition(". ")[0].replace("`", "")
        return after or f"{tool} guide, for what else there is"

    def _last(self, one: Step | Lesson) -> LastRun | None:
        """Return the last run on this project."""
        run = self.progress.of(one.label).last
        return run if run and run.work == self.record.id and self.has_work else None

    def _was_green(self, one: Step | Lesson) -> bool:
        return self.progress.of(one.label).held_in == self.record.id

    def _holds(self, one: Step | Lesson) -> bool:
        run = self._last(one)
        return self._was_green(one) and not (run and run.cross)

    def _is_in_base(self, one: Step | Lesson) -> bool:
        """Tell whether the project began with that step finished."""
        base = self.record.base
        return isinstance(one, Step) and bool(base) and one.label <= str(base)

    def _with_stars(self, one: Step | Lesson) -> str:
        return f"{one.label} {STAR * len(self.progress.of(one.label).stars)}".rstrip()

    def _count(self, one: Step | Lesson) -> str:
        run = self._last(one)
        if not run:
            return "not checked yet"
        if not run.is_complete:
            return "its last check did not come to its end"
        return f"{run.holds} of {run.count} checks hold"


def following(label: str, *, without_exercise: bool = False) -> str:
    """Return what comes after a step that is done, as the end of a sentence; "" after a lesson.

    `without_exercise`: its exercise is done as well, and the next page goes on without it.
    """
    tool = tool_command()
    try:
        step = find_lesson(label)
    except WorkbookError:
        return ""
    if isinstance(step, Lesson):
        return ""
    if step.number >= LAST_STEP:
        return f"page Make it robust, which `{tool} guide` opens"
    after = f"{step.number + 1:02d}"
    page = f"page {after}, which `{tool} guide` opens"
    if without_exercise:
        return (
            f"{page}. It goes on without your exercise: `{tool} start {after}` begins it from a "
            "clean base, and keeps your project"
        )
    return f"{page}. Go on in work/ as it is; `{tool} start {after}` starts again from a clean base"


def _line(label: str, text: str) -> str:
    return f"  {label:<{LABEL_WIDTH}}{text}"
