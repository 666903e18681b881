"""Turns the verdicts of a run into what `workbook.projects.progress` keeps of it. No pytest."""

from collections.abc import Sequence

from checks.reporting.events import Told
from checks.reporting.formatting import plain_lines
from checks.verdicts import DONE, HOLDS, NOT_YET, OPEN, NotYet
from workbook.projects.progress import Cross, LastRun, OpenExercise, remember
from workbook.projects.work_record import read_record


def remember_verdicts(label: str, content: str, told: Sequence[Told], is_complete: bool) -> None:
    """Remember a run on `work/` with this `content`: what was `told`, in the guide's order."""
    checks = [one for one in told if one.mark not in (DONE, OPEN)]
    held = tuple(one.id for one in checks if one.mark == HOLDS)
    crosses = [_cross(one, one.not_yet) for one in checks if one.not_yet]
    run = LastRun(
        read_record().id,
        content,
        len(held),
        len(checks),
        is_complete,
        next(iter(crosses), None),
        next((_open(one) for one in told if one.mark == OPEN), None),
        tuple(crosses[1:]),
        held,
        tuple(one.id for one in checks if one.mark == NOT_YET or one.waits),
    )
    is_done = is_complete and all(one.mark == HOLDS or one.lacks for one in checks)
    stars = {one.id for one in told if one.mark == DONE}
    remember(label, run, is_done and bool(held), stars)


def _cross(told: Told, said: NotYet) -> Cross:
    fields = (said.seen, said.look_at, said.guide, said.expected)
    return Cross(told.id, told.title, *(" ".join(plain_lines(text)) for text in fields))


def _open(told: Told) -> OpenExercise:
    return OpenExercise(told.id, told.title, " ".join(plain_lines(told.reason)))
