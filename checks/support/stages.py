"""A project comes up in stages. Each is gone through once, and what came of it is kept."""

from __future__ import annotations

import functools
import threading
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from checks.support.verdict import CannotTell, NotYet

Owner = TypeVar("Owner", bound="Staged")
Result = TypeVar("Result")


class Staged:
    """What has stages: see `stage`."""

    def __init__(self) -> None:
        self._stages: dict[str, tuple[Any, Exception | None]] = {}
        # One each: who asks for an early stage must not wait for the end of a late one.
        self._locks: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)


def stage(function: Callable[[Owner], Result]) -> Callable[[Owner], Result]:
    """Run a stage once; from then on return its result again, or raise its exception again.

    Any thread may ask: the others wait for the one that came first.
    """

    @functools.wraps(function)
    def once(self: Owner) -> Result:
        name = function.__name__
        with self._locks[name]:
            outcome = self._stages.get(name)
            if outcome is None:
                try:
                    outcome = (function(self), None)
                except (NotYet, CannotTell) as error:
                    outcome = (None, error)
                self._stages[name] = outcome
        if outcome[1] is not None:
            raise outcome[1]
        return outcome[0]

    return once
