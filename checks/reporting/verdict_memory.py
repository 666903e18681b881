"""Writes down what a run's verdicts come to. Nothing of pytest is imported here."""

from collections.abc import Sequence
from typing import Protocol

from checks.reporting.formatting import plain_lines
from checks.verdicts import DONE, OPEN, NotYet
from workbook.projects.progress import Cross, LastRun, OpenExercise, remember
from workbook.projects.work_record import read_record

HOLDS, NOT_YET = "✓", "✗"


class Verdict(Protocol):
    """What one check came to: a verdict, or the event that tells it."""

    @property
    def mark(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def not_yet(self) -> NotYet | None: ...
    @property
    def lacks(self) -> bool: ...
    @property
    def waits(self) -> bool: ...


def remember_verdicts(
    label: str, content: str, told: Sequence[tuple[str, Verdict]], is_complete: bool
) -> None:
    """Remember a run on `work/` with this `content`: of the checks' ids, in the guide's order."""
    checks = [(id, one) for id, one in told if one.mark not in (DONE, OPEN)]
    held = tuple(id for id, one in checks if one.mark == HOLDS)
    crosses = [_cross(id, one.title, one.not_yet) for id, one in checks if one.not_yet]
    run = LastRun(
        read_record().id,
        content,
        len(held),
        len(checks),
        is_complete,
        next(iter(crosses), None),
        next((_open(id, one) for id, one in told if one.mark == OPEN), None),
        tuple(crosses[1:]),
        held,
        tuple(id for id, one in checks if one.mark == NOT_YET or one.waits),
    )
    is_done = is_complete and all(one.mark == HOLDS or one.lacks for _, one in checks)
    stars = {id for id, one in told if one.mark == DONE}
    remember(label, run, is_done and bool(held), stars)


def _cross(check: str, title: str, said: NotYet) -> Cross:
    fields = (said.seen, said.look_at, said.guide, said.expected)
    return Cross(check, title, *(" ".join(plain_lines(text)) for text in fields))


def _open(check: str, verdict: Verdict) -> OpenExercise:
    return OpenExercise(check, verdict.title, " ".join(plain_lines(verdict.reason)))
