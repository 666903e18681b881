"""Exercises: ★ done or ☆ open. They come after a step's checks, and stand in nobody's way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from checks.support.verdict import CannotTell, Check, Function, NotYet
from checks.support.wording import broken

DONE, OPEN = "★", "☆"


@dataclass(frozen=True)
class Exercise(Check):
    """What a reader may do beyond the step; `title` says it as a request."""


@dataclass
class Open(Exception):
    """☆: what was seen, and what leads on from there. It points, it does not solve."""

    lead: str


def exercise(
    title: str, after: tuple[Callable[..., None], ...] = ()
) -> Callable[[Function], Function]:
    """Make a test function an exercise's check, which raises Open where there is more to do.

    It is looked at where the checks in `after` hold, and no other check of the step is ✗.
    """

    def mark(function: Function) -> Function:
        function.check = Exercise(title, after)
        return function

    return mark


def lead_of(error: BaseException) -> str:
    """Return what an exercise says of whatever its check raised: there is no ✗ and no –."""
    if isinstance(error, Open):
        return error.lead
    if isinstance(error, NotYet):
        return f"{error.done}: {error.seen}. {error.open}"
    if isinstance(error, CannotTell):
        return error.reason
    said = broken(error)
    return f"{said[0].upper()}{said[1:]}."
