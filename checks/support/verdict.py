"""What a check is, and what it can say: it holds, not yet, or can't be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

Function = TypeVar("Function", bound=Callable[..., None])


@dataclass(frozen=True)
class Check:
    """A check's title, which is a sentence, and the checks that must hold before it can be told."""

    title: str
    after: tuple[Callable[..., None], ...] = ()


def check(
    title: str, after: tuple[Callable[..., None], ...] = ()
) -> Callable[[Function], Function]:
    """Make a test function a check: `title` names it, `after` names the checks it waits for."""

    def mark(function: Function) -> Function:
        function.check = Check(title, after)
        return function

    return mark


@dataclass
class NotYet(Exception):
    """✗: what was done and seen, what was expected, which file to open, where the guide tells more.

    `open` may end in a question that points without solving. `guide` is a page and a section, such
    as `02, Execute the task in the view`. `words` are the project's own last lines, if they matter.
    """

    done: str
    seen: str
    expected: str
    open: str
    guide: str
    words: str = ""


@dataclass
class CannotTell(Exception):
    """–: why it can't be told, and the way out. A broken environment is no wrong answer."""

    reason: str
