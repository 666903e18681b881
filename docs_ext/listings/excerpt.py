"""What a listing shows: the lines, where they go, and which of them are new at that stage."""

from dataclasses import dataclass, replace

from docs_ext.listings.address import Address
from docs_ext.listings.line_diff import new_lines
from docs_ext.listings.parts import Scope
from docs_ext.listings.placement import READING, Place, Region, place_of
from docs_ext.listings.python_parts import IMPORTS, python_scope
from docs_ext.listings.template_parts import html_scope, names_in
from docs_ext.listings.versions import files_ahead_of, files_at
from workbook.errors import WorkbookError


@dataclass(frozen=True)
class Excerpt:
    """A file or a part of it, as the step has it at the stage."""

    address: Address
    kind: str  # file, imports, symbol or part
    lines: list[str]
    place: Place
    new: list[int]  # indices into lines
    names: frozenset[str] = frozenset()  # every name that the shown parts answer to

    @property
    def text(self) -> str:
        """The lines, each ended, as they are in the file."""
        return "".join(f"{line}\n" for line in self.lines)


def excerpt(address: Address, is_reading: bool = False) -> Excerpt:
    """Return what `address` names, with its place, unless it is for reading alone.

    WorkbookError says what is not there, or cannot be shown.
    """
    text = text_of(address)
    before = files_ahead_of(address.step, address.stage).get(address.path)
    try:
        if address.names:
            return _part_of_file(address, text, before, is_reading)
        return _whole_file(address, text, before, is_reading)
    except WorkbookError as problem:
        raise WorkbookError(f"{address}: {problem}") from problem


def text_of(address: Address) -> str:
    """Return the text of the file that `address` names; WorkbookError says which ones there are."""
    files = files_at(address.step, address.stage)
    if address.path in files:
        return files[address.path]
    folder = address.path.rpartition("/")[0]
    beside = [name for name in files if name.rpartition("/")[0] == folder] or list(files)
    raise WorkbookError(
        f"{replace(address, path='', names=())} has no file “{address.path}”."
        f" It has: {', '.join(beside)}"
    )


def _whole_file(address: Address, text: str, before: str | None, is_reading: bool) -> Excerpt:
    lines = text.splitlines()
    if not lines:
        raise WorkbookError("the file is empty: there is nothing to show.")
    if is_reading:
        return Excerpt(address, "file", lines, READING, [])
    if before is None:
        return Excerpt(address, "file", lines, Place("new", "new file"), [])
    if before == text:
        return Excerpt(address, "file", lines, Place("unchanged", "unchanged"), [])
    if not before:
        return Excerpt(address, "file", lines, Place("replaces", "fills the empty file"), [])
    new = new_lines(before.splitlines(), lines)
    return Excerpt(address, "file", lines, Place("replaces", "replaces the whole file"), new)


def _part_of_file(address: Address, text: str, before: str | None, is_reading: bool) -> Excerpt:
    lines = text.splitlines()
    lines_before = None if before is None else before.splitlines()
    scope = _scope(address.path, text, address.names[0])
    first, last = _neighbours(address, text, scope)
    start, end = scope.parts[first].first, scope.parts[last].end
    start = _with_new_heading(lines, start, set(lines_before or []))
    region = Region(scope, first, last, lines, start, end)
    if address.names == (IMPORTS,):
        kind = "imports"
    else:
        kind = "symbol" if address.path.endswith(".py") else "part"
    if is_reading:
        return Excerpt(address, kind, region.shown, READING, [], region.names)
    place = place_of(region, _scope_before(address, before or ""), lines_before)
    new = new_lines(place.replaced, region.shown) if before else []
    return Excerpt(address, kind, region.shown, place, new, region.names)


def has_part(path: str, text: str, name: str) -> bool:
    """Tell whether a file of that path and text has a part of that name."""
    return _scope(path, text, name).index(name) is not None


def _scope_before(address: Address, before: str) -> Scope:
    """Return the scope that holds one of the names in the file before, or one without any."""
    for name in address.names:  # the first may be new where another is not
        scope = _scope(address.path, before, name)
        if scope.index(name) is not None:
            return scope
    return Scope()


def _scope(path: str, text: str, name: str) -> Scope:
    if path.endswith(".py"):
        return python_scope(text, name)
    if path.endswith(".html"):
        return html_scope(text, name)
    raise WorkbookError("only Python and HTML have parts with names: show the whole file.")


def _neighbours(address: Address, text: str, scope: Scope) -> tuple[int, int]:
    """Return the positions of the first and the last of the named parts, which must be in a row."""
    found: list[int] = []
    for name in address.names:
        at = scope.index(name)
        if at is None:
            names = names_in(text) if address.path.endswith(".html") else scope.names()
            if not names:
                names = python_scope(text, "").names()
            raise WorkbookError(f"there is no `{name}`. There are: {', '.join(names)}")
        found.append(at)
    first, last = min(found), max(found)
    between = [scope.parts[at].label for at in range(first, last) if at not in found]
    if between:
        raise WorkbookError(
            f"the names must stand in a row, and {between[0]} stands between them:"
            " name it too, or write two listings."
        )
    return first, last


def _with_new_heading(lines: list[str], start: int, known: set[str]) -> int:
    """Go up over comments set off by a blank line, as long as all of them are new in the step.

    Such a heading belongs to no part, so no listing would ever show it.
    """
    while True:
        top = start
        while top and not lines[top - 1].strip():
            top -= 1
        blank = top
        while top and lines[top - 1].startswith("#"):
            top -= 1
        heading = lines[top:blank]
        if blank == start or not heading or known.intersection(heading):
            return start
        start = top
