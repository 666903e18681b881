"""What a page's listings change in a project's files, and which of it a ✗ speaks of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from docs_ext.hint.places import Place
from docs_ext.hint.sections import Section, sections_of
from docs_ext.listings.address import parse_address
from docs_ext.listings.baseline import files_before, files_of
from docs_ext.listings.excerpt import excerpt
from docs_ext.listings.line_diff import hunks_of
from docs_ext.listings.python_parts import python_scope
from docs_ext.listings.small_changes import section_files, small_changes
from docs_ext.markdown_fences import Fence
from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.projects.lessons import Lesson
from workbook.projects.steps import Step

STAGE = re.compile(r'stage="([^"]*)"')
READING = "reading"
SIGNS = ("+", "-")


@dataclass(frozen=True)
class LessonChange:
    """Lines of a file that come and go, each with its sign; the names of the parts they are in.

    `origin` is the step that makes the change, where that is another than the one at hand.
    """

    path: str
    lines: tuple[str, ...]
    names: tuple[str, ...] = ()
    origin: str = ""

    def mentions(self, word: str) -> bool:
        """Tell whether it is about a name, or has a word in its lines that come and go."""
        return word in self.names or any(
            word in line for line in self.lines if line.startswith(SIGNS)
        )

    def shows(self, word: str) -> bool:
        """Tell whether it is about a name, or has a word in any of its lines."""
        return word in self.names or any(word in line for line in self.lines)


def page_of(lesson: Step | Lesson) -> Path:
    """Return the page of a step or further lesson."""
    return ROOT / "docs" / f"{lesson.page}.md"


def changes_for(lesson: Step | Lesson, heading: str, named: Place) -> list[LessonChange]:
    """Return what the section `heading` changes of what a ✗ has `named`.

    Where it changes none of that: what the page changes, then the step's diff, then the sections
    around it. Of several, those that mention its symbol or words, if some do, and of those the
    parts that do.
    """
    sections = sections_of(page_of(lesson))
    at = next((at for at, one in enumerate(sections) if one.heading == heading), 0)
    words = list(filter(None, [named.symbol, *named.words]))
    for found in _attempts(lesson, sections, at, named):
        if found:
            return next(filter(None, (_about(found, word) for word in words)), found)
    return []


def _about(changes: list[LessonChange], word: str) -> list[LessonChange]:
    return [part for one in changes if one.mentions(word) for part in _parts(one, word)]


def _parts(change: LessonChange, word: str) -> list[LessonChange]:
    """Return the functions and classes of a new Python file that a word is in, else all of it."""
    if not change.path.endswith(".py") or not all(line[:1] == "+" for line in change.lines):
        return [change]
    lines = [line[1:] for line in change.lines]
    try:
        parts = [one for one in python_scope("\n".join(lines), "").parts if one.is_block]
    except WorkbookError:
        return [change]
    inside = [
        one
        for one in parts
        if one.name == word or any(word in line for line in lines[one.first : one.end])
    ]
    named = [one for one in inside if one.name == word] or inside
    return [
        replace(change, lines=change.lines[one.first : one.end], names=(one.name,)) for one in named
    ] or [change]


def _attempts(
    lesson: Step | Lesson, sections: list[Section], at: int, named: Place
) -> Iterator[list[LessonChange]]:
    """Yield the changes to choose from, the nearest first."""
    own = changes_of(sections[at])
    yield [one for one in own if named.holds(one.path)]
    if named.files:
        yield [one for one in changes_of(sections[0]) if named.holds(one.path)]
        yield [one for one in _whole_diff(lesson) if named.holds(one.path)]
        yield from _before(lesson, named)
    yield [
        one
        for one in _whole_diff(lesson)
        if named.holds(one.path) and any(map(one.mentions, named.words))
    ]
    yield own
    for one in [*reversed(sections[1:at]), *sections[at + 1 :]]:
        yield [change for change in changes_of(one) if named.holds(change.path)]


def _before(lesson: Step | Lesson, named: Place) -> Iterator[list[LessonChange]]:
    """Yield what the steps before change of files that the lesson leaves as they were.

    Last comes a file as it is in the snapshot: Django's own command may have written it.
    """
    earlier = lesson.base
    while earlier:
        found = [one for one in _whole_diff(earlier) if named.holds(one.path)]
        yield [replace(one, origin=earlier.title) for one in found]
        earlier = earlier.base
    last = lesson.base if isinstance(lesson, Lesson) else lesson
    files = files_of(last.folder)
    yield [
        LessonChange(path, tuple(f"+{line}" for line in _lines(files, path)))
        for path in files
        if named.holds(path)
    ]


def changes_of(section: Section) -> list[LessonChange]:
    """Return what the fences of a section change."""
    return [change for fence in section.fences for change in _changes(fence)]


def _changes(fence: Fence) -> Iterator[LessonChange]:
    stage = STAGE.search(fence.options)
    stage_name = stage[1] if stage else ""
    if fence.language == "listing" and READING not in fence.options.split():
        address = parse_address(fence.body, stage_name)
        found = excerpt(address)
        hunks = hunks_of(found.place.replaced, found.lines)
        if lines := tuple(line for hunk in hunks for line in hunk):
            yield LessonChange(address.path, lines, address.names)
    elif fence.language == "change":
        for change in small_changes(fence.body, stage_name):
            new = change.is_new_file
            shown = tuple(f"+{line}" for line in change.lines) if new else change.lines
            names = tuple(re.findall(r"`([^`]*)`", change.place))
            yield LessonChange(change.path, shown, names)


def _whole_diff(lesson: Step | Lesson) -> list[LessonChange]:
    if isinstance(lesson, Lesson):
        before, after = section_files(lesson, 0), section_files(lesson, len(lesson.patches()))
    else:
        before, after = files_before(lesson), files_of(lesson.folder)
    changed = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    return [
        LessonChange(path, tuple(hunk))
        for path in changed
        for hunk in hunks_of(_lines(before, path), _lines(after, path))
    ]


def _lines(files: dict[str, str], path: str) -> list[str]:
    return files.get(path, "").splitlines()
