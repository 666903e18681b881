"""What a check is, and what it can say: it holds, not yet, or can't be told; and exercises.

An exercise is ★ done or ☆ open. It comes after a step's checks, and holds nothing up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Function = TypeVar("Function", bound=Callable[..., None])
HOLDS, NOT_YET, UNTOLD = "✓", "✗", "–"
DONE, OPEN = "★", "☆"


@dataclass(frozen=True)
class Check:
    """A check's title, which is a sentence, and the checks that must hold before it can be told."""

    title: str
    after: tuple[Callable[..., None], ...] = ()


def check(
    title: str, after: tuple[Callable[..., None], ...] = ()
) -> Callable[[Function], Function]:
    """Make a test function a check: `title` names it, `after` names the checks it waits for."""
    return _marking(Check(title, after))


def _marking(check: Check) -> Callable[[Function], Function]:
    def mark(function: Function) -> Function:
        vars(function)["check"] = check
        return function

    return mark


@dataclass
class NotYet(Exception):
    """✗: what was done and seen, what was expected, which file to open, where the guide tells more.

    `look_at` may end in a question that points without solving. `guide` is a page and a section,
    such as `02, Execute the task in the view`. `words` are the project's own last lines, if they
    matter.
    """

    done: str
    seen: str
    expected: str
    look_at: str
    guide: str
    words: str = ""


@dataclass
class CannotTell(Exception):
    """–: why it can't be told, and the way out. A broken environment is no wrong answer."""

    reason: str


class Lacks(CannotTell):
    """–: this machine lacks what the check looks with. The step can be done without it."""


@dataclass(frozen=True)
class Exercise(Check):
    """What a reader may do beyond the step; `title` says it as a request.

    `left_out`: the next page changes the same places, and goes on without it.
    """

    left_out: bool = False


@dataclass
class Open(Exception):
    """☆: what was seen, and what leads on from there. It points, it does not solve."""

    lead: str


def exercise(
    title: str, after: tuple[Callable[..., None], ...] = (), *, left_out: bool = False
) -> Callable[[Function], Function]:
    """Make a test function an exercise's check, which raises Open where there is more to do.

    It is looked at where the checks in `after` hold, and no other check of the step is ✗. With
    `left_out` the next page goes on without it.
    """
    return _marking(Exercise(title, after, left_out))
