"""Writes one of the three grades of a hint; `workbook.commands.hint` decides which is due."""

import textwrap
from pathlib import Path

from docs_ext.hint.changes import LessonChange, changes_for, page_of
from docs_ext.hint.places import Place, place_named, shown_now, span_of
from docs_ext.hint.sections import sections_of, tips_of
from docs_ext.listings.python_parts import IMPORTS
from workbook.errors import WorkbookError
from workbook.invocation import tool_command
from workbook.paths import ROOT
from workbook.projects.lessons import Lesson, find_lesson
from workbook.projects.progress import Cross
from workbook.projects.steps import Step

GRADES = 3
MOST_CHANGES = 4
TROUBLES = ROOT / "docs" / "troubleshooting.md"


def hint_lines(cross: Cross, label: str, project: Path, grade: int, width: int) -> list[str]:
    """Return the hint of that grade for a ✗ that the checks of `label` said of `project`."""
    if grade == 1:
        return idea(cross, width)
    named = place_named(cross.look_at)
    lesson, heading = section_of(cross, label)
    changes = changes_for(lesson, heading, named)
    if grade == 2:
        return place(cross, changes, project, width)
    return change(named, changes, lesson, project, width)


def exercise_lines(label: str, grade: int, width: int) -> list[str]:
    """Return the hint of that grade for a step's exercise."""
    return _wrapped(tips_of(page_of(find_lesson(label)))[grade - 1].split("\n"), width)


def exercise_grades(label: str) -> int:
    """Return how many hints a page has for its exercise."""
    return len(tips_of(page_of(find_lesson(label))))


def section_of(cross: Cross, label: str) -> tuple[Step | Lesson, str]:
    """Return the lesson and the section that a ✗ names; of one that names none, its own lesson."""
    page, _, heading = cross.guide.partition(", ")
    try:
        return find_lesson(page), heading
    except WorkbookError:
        return find_lesson(label), ""


def idea(cross: Cross, width: int) -> list[str]:
    """Return the sentences of the guide's section that a ✗ names."""
    page, _, heading = cross.guide.partition(", ")
    try:
        file, shown = page_of(find_lesson(page)), f"page {page}, {heading}"
    except WorkbookError:
        file, heading, shown = TROUBLES, "", f"the page {cross.guide}"
    sections = sections_of(file)
    found = next((one for one in sections if one.heading == heading), sections[0])
    paragraphs = found.paragraphs if heading else found.paragraphs[:2]
    return [f"The idea, from {shown}:", "", *_wrapped(paragraphs, width)]


def place(cross: Cross, changes: list[LessonChange], project: Path, width: int) -> list[str]:
    """Return which file and symbol it is about, and what is there now."""
    named = place_named(cross.look_at)
    paths = list(named.files) or list(dict.fromkeys(one.path for one in changes))
    asked = "" if named.files else cross.look_at.partition(":")[0]
    lines = _wrapped([f"The place: {asked}".rstrip()], width)
    for path in paths[:2]:
        own = [named.symbol] if named.symbol and path == paths[0] else []
        names = own or _names(changes, path)
        found = shown_now(project, path, names, named.line if path == paths[0] else 0)
        lines.append("")
        for line in found:
            lines += [line] if "│" in line else _wrapped([line], width)
    return lines


def change(
    named: Place, changes: list[LessonChange], lesson: Step | Lesson, project: Path, width: int
) -> list[str]:
    """Return that part of the lesson's diff, and whether the learner uses other names."""
    origin = changes[0].origin if changes else ""
    lines = [f"The change, as {origin or lesson.title} makes it:"]
    if named.symbol and not any(one.shows(named.symbol) for one in changes):
        lines.append(f"(It changes nothing in {named.symbol} itself.)")
    told: set[str] = set()
    for one in changes[:MOST_CHANGES]:
        lines += ["", one.path, *(f"  {line}".rstrip() for line in one.lines)]
        remarks = [remark for remark in other_names(one, project) if remark not in told]
        told.update(remarks)
        lines += _wrapped(remarks, width)
    if len(changes) > MOST_CHANGES:
        more = f"All of it: {tool_command()} diff {lesson.label}"
        lines += ["", f"… and {len(changes) - MOST_CHANGES} more. {more}"]
    return lines


def other_names(one: LessonChange, project: Path) -> list[str]:
    """Say which of the lesson's names for what changes the learner's project does not have."""
    file = project / one.path
    if not file.is_file():
        return [f"Your project has no {one.path}. Where you keep that elsewhere, it goes there."]
    text = file.read_text(encoding="utf-8-sig", errors="replace")
    names = [name for name in one.names if name.isidentifier() and name != IMPORTS]
    return [
        f"Your {one.path} has no `{name}` yet, or has it by another name."
        for name in names
        if span_of(one.path, text, name) is None
    ]


def _names(changes: list[LessonChange], path: str) -> list[str]:
    names = dict.fromkeys(name for one in changes if one.path == path for name in one.names)
    return sorted(names, key=IMPORTS.__eq__)  # the imports last


def _wrapped(paragraphs: list[str] | tuple[str, ...], width: int) -> list[str]:
    return [
        line
        for text in paragraphs
        for line in textwrap.wrap(
            text,
            width,
            break_long_words=False,
            break_on_hyphens=False,
            subsequent_indent="  " if text.startswith("- ") else "",
        )
    ]
