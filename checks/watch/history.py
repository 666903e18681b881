"""What the runs of one sitting came to: how many checks hold, what changed, what held before."""

from collections.abc import Collection
from dataclasses import dataclass, field

from checks.reporting.events import Told
from checks.verdicts import HOLDS, NOT_YET, UNTOLD

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass
class Result:
    """What one run has told so far; `ids` are its checks in the guide's order."""

    ids: list[str] = field(default_factory=list)
    told: dict[str, Told] = field(default_factory=dict)
    problem: str = ""  # why nothing can be told of this project
    lines: list[str] = field(default_factory=list)  # what to do next, once every check was asked
    before: frozenset[str] = frozenset()  # the ids of those that held when they were first asked
    is_complete: bool = False

    @property
    def verdicts(self) -> list[Told]:
        """The verdicts of checks in the guide's order; what an exercise came to is none."""
        order = {id: place for place, id in enumerate(self.ids)}
        checks = (one for one in self.told.values() if one.mark in (HOLDS, NOT_YET, UNTOLD))
        return sorted(checks, key=lambda one: order.get(one.id, len(order)))

    @property
    def first_cross(self) -> Told | None:
        """The first ✗ in the guide's order; else the first – that waits for no other check."""
        for mark in (NOT_YET, UNTOLD):
            open = (one for one in self.verdicts if one.mark == mark)
            if found := next((one for one in open if not (one.waits or one.lacks)), None):
                return found
        return None

    @property
    def held(self) -> set[str]:
        """The ids of the checks that hold."""
        return {one.id for one in self.told.values() if one.mark == HOLDS}

    @property
    def all_hold(self) -> bool:
        """Whether every check was asked and holds, as far as this machine can tell."""
        return self.is_complete and not self.problem and bool(self.held) and not self.first_cross

    @property
    def unproven(self) -> frozenset[str]:
        """The ids of the checks that hold as they did when they were first asked in this project.

        What is true of an empty project is no step forward until all of them hold.
        """
        return frozenset() if self.all_hold else self.before & self.held

    def count(self) -> str:
        """Return how many hold, such as “12 of 19 hold”."""
        total, held = len(self.verdicts), len([one for one in self.verdicts if one.mark == HOLDS])
        return f"{held} of {total} hold{'s' if held == total == 1 else ''}"

    def remark(self) -> str:
        """Return how many of those that hold are no step forward, "" for none."""
        before = len(self.unproven)
        if not before:
            return ""
        if before == len(self.held):
            return f"{'It' if before == 1 else 'They'} held when first asked."
        return f"{number(before).capitalize()} of them held when first asked."


class History:
    """The complete results of one sitting, the last one first, and each by what it was told of."""

    def __init__(self) -> None:
        self.last: Result | None = None
        self._by_digest: dict[str, Result] = {}
        self._ever_held: set[str] = set()
        self.last_failed = ""  # the id of the check to ask first

    def of(self, digest: str) -> Result | None:
        """Return what is known of contents with this digest."""
        return self._by_digest.get(digest)

    def forget(self, digest: str) -> None:
        """Forget these contents."""
        self._by_digest.pop(digest, None)

    def keep_provisional(self, result: Result) -> None:
        """Take a complete result for the last one, and don't answer with it when asked again."""
        self.last = result
        self._ever_held |= result.held

    def keep(self, result: Result, digest: str) -> None:
        """Take a complete result for the last one."""
        self.keep_provisional(result)
        self._by_digest[digest] = result
        if (cross := result.first_cross) and cross.mark == NOT_YET:
            self.last_failed = cross.id

    def broke(self, told: Told) -> bool:
        """Tell whether a check that is ✗ has held before."""
        return told.mark == NOT_YET and told.id in self._ever_held

    def change(self, result: Result) -> str:
        """Return what is different from the last complete result, "" for the first one."""
        if self.last is None or self.last.problem or result.problem:
            return ""
        more, fewer = result.held - self.last.held, self.last.held - result.held
        broke = {one for one in fewer if one in result.told and result.told[one].mark == NOT_YET}
        parts = []
        if more:
            parts.append(f"{number(len(more))} more {_verb(more, 'holds', 'hold')} than before")
        if broke:
            parts.append(f"{number(len(broke))} that held before {_verb(broke, 'does', 'do')} not")
        if waiting := fewer - broke:
            parts.append(f"{number(len(waiting))} can’t be told any more")
        return ", ".join(parts) or "as many as before"


def number(count: int) -> str:
    """Return a small number in words."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def _verb(some: Collection[str], one: str, more: str) -> str:
    return one if len(some) == 1 else more
