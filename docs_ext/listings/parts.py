"""Parts of a file that have a name, and the scope they are in: a module, a class, an element."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from workbook.errors import WorkbookError


@dataclass(frozen=True)
class Part:
    """Whole lines of a file with a name: from `first`, counted from 0, up to `end`, without it."""

    name: str
    label: str  # how a sentence speaks of it, code in backticks
    first: int
    end: int
    also: frozenset[str] = frozenset()  # further names it answers to
    is_block: bool = False  # a function or a class, set off by more blank lines
    is_markup: bool = False  # an element or a block, set off by none


@dataclass(frozen=True)
class Scope:
    """Parts that are neighbours, in the order of the file."""

    parts: list[Part] = field(default_factory=list)
    owner: str = ""  # the name of the class or element around them, "" for the file
    owner_label: str = ""
    start: int = 0  # the line where what the owner holds begins

    def index(self, name: str) -> int | None:
        """Return where the part of that name is, None if it is not there.

        Raises WorkbookError if there are several.
        """
        found = [at for at, part in enumerate(self.parts) if name == part.name or name in part.also]
        if len(found) > 1:
            lines = ", ".join(str(self.parts[at].first + 1) for at in found)
            raise WorkbookError(f"`{name}` stands there {len(found)} times (lines {lines}).")
        return found[0] if found else None

    def positions(self) -> dict[str, int]:
        """Return the positions of the parts whose name only they have."""
        names = [part.name for part in self.parts]
        return {name: at for at, name in enumerate(names) if names.count(name) == 1}

    def names(self) -> list[str]:
        """Return every name that can be asked for."""
        return [name for part in self.parts for name in sorted(part.also | {part.name})]


def enumerated(words: Iterable[str]) -> str:
    """Return `a`, `a and b`, or `a, b and c`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
