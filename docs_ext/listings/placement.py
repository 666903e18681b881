"""Where a listing goes: what it replaces, or below what it is put."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from docs_ext.listings.parts import Part, Scope, enumerated
from workbook.errors import WorkbookError


@dataclass(frozen=True)
class Place:
    """Where lines go, for a machine and in words (code in backticks).

    `kind` is new, replaces, below, top, unchanged or reading. `anchors` name the parts it
    replaces, the part it is below, or the element or class it is the first in.
    """

    kind: str
    text: str
    anchors: tuple[str, ...] = ()
    replaced: list[str] = field(default_factory=list)  # the lines it takes the place of
    above: int | None = None  # blank lines above and below it, None at an end of the file
    below: int | None = None


READING = Place("reading", "you have it already")


@dataclass(frozen=True)
class Region:
    """Neighbouring parts of a scope, from `first` to `last`, and the lines from `start` to `end`.

    The lines may begin above the first part, with a heading that is new.
    """

    scope: Scope
    first: int
    last: int
    lines: list[str]  # of the whole file
    start: int
    end: int

    @property
    def names(self) -> set[str]:
        """Every name that the parts answer to."""
        parts = self.scope.parts[self.first : self.last + 1]
        return {name for part in parts for name in part.also | {part.name}}

    @property
    def shown(self) -> list[str]:
        """The lines themselves."""
        return self.lines[self.start : self.end]


def place_of(region: Region, before: Scope, lines_before: list[str] | None) -> Place:
    """Return where `region` goes in the file of the step before.

    `before` is the scope there that holds any of the parts, an empty one if none does;
    `lines_before` is None if there is no such file. Raises WorkbookError where replacing would
    lose something or leave it in the wrong order, and where the place can't be described.
    """
    above = _blank(reversed(region.lines[: region.start]))
    below = _blank(region.lines[region.end :])
    found = [
        at
        for at, part in enumerate(before.parts)
        if not region.names.isdisjoint(part.also | {part.name})
    ]
    if not found:
        place = _new_place(region, above, lines_before is None)
        return replace(place, above=above, below=below)
    span = before.parts[found[0] : found[-1] + 1]
    _refuse_disorder(region, before, found[0], found[-1])
    replaced = (lines_before or [])[span[0].first : span[-1].end]
    names = tuple(part.name for part in span)
    if replaced == region.shown:
        return Place("unchanged", "unchanged", names, replaced, above, below)
    labels = enumerated(part.label for part in span)
    return Place("replaces", f"replaces {labels}", names, replaced, above, below)


def _new_place(region: Region, above: int | None, is_new_file: bool) -> Place:
    scope, part = region.scope, region.scope.parts[region.first]
    neighbour = scope.parts[region.first - 1] if region.first else None
    floor = neighbour.end if neighbour else scope.start
    nameless = [line.strip() for line in region.lines[floor : region.start] if line.strip()]
    if nameless:
        raise WorkbookError(
            f"`{part.name}` stands below “{nameless[-1]}”, which has no name, so no words can say"
            " where it goes: show the element around it, or the whole file."
        )
    if neighbour:
        words = _below(neighbour, above or 0, _usual(neighbour, part, scope))
        return Place("below", words, (neighbour.name,))
    if scope.owner:
        return Place("top", f"first in {scope.owner_label}", (scope.owner,))
    return Place("new", "new file") if is_new_file else Place("top", "at the top")


def _below(neighbour: Part, above: int, usual: int) -> str:
    """Say below what it goes, and how many blank lines are between where a reader expects others.

    Nobody could follow the page to the letter otherwise.
    """
    if above == usual:
        return f"below {neighbour.label}"
    if above == 0:
        return f"directly below {neighbour.label}"
    return f"below {neighbour.label}, after {above} blank line{'s' if above > 1 else ''}"


def _usual(above: Part, part: Part, scope: Scope) -> int:
    """Return how many blank lines a reader expects between two parts."""
    if part.is_markup:
        return 0
    if above.is_block or part.is_block:
        return 1 if scope.owner else 2
    return 0 if scope.owner else 1


def _refuse_disorder(region: Region, before: Scope, first: int, last: int) -> None:
    """Raise WorkbookError if a part outside the region was inside it, or on its other side."""
    now, then = region.scope.positions(), before.positions()
    for name in sorted(now.keys() & then.keys(), key=now.__getitem__):
        if region.first <= now[name] <= region.last:
            continue
        is_above = now[name] < region.first
        if (then[name] < first) if is_above else (then[name] > last):
            continue
        raise WorkbookError(
            f"`{name}` stands {'above' if is_above else 'below'} it now, and did not in the step"
            " before: show both in one listing, or the whole file."
        )


def _blank(lines: Iterable[str]) -> int | None:
    """Return how many blank lines `lines` begin with, None if there are no others."""
    return next((count for count, line in enumerate(lines) if line.strip()), None)
