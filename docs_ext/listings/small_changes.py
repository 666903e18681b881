"""Small changes of a file, as a learner makes them: lines that go, and lines that come.

A change is shown by the lines around it and not by numbers, so these must be there once. It is of
a step's file, compared with the stage before, or of a section of a further lesson.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from docs_ext.listings.address import Address, parse_address
from docs_ext.listings.excerpt import excerpt
from docs_ext.listings.line_diff import hunks_of
from docs_ext.listings.python_parts import python_scope
from docs_ext.listings.versions import files_ahead_of, files_at, files_copied
from workbook.errors import WorkbookError
from workbook.projects.lessons import Lesson, all_lessons
from workbook.projects.patches.patch import apply_patches, chain_files, load_patch

SECTION = re.compile(r"(checks/\S+/patches/\S+?\.patch)(?:::(\S+))?")
NEW_FILE, DELETED = "new file", "delete this file"


@dataclass(frozen=True)
class SmallChange:
    """Neighbouring lines of a file, each with its sign before it, and words on where they are.

    Of a new file, `place` says so and the lines are its own, without signs.
    """

    project: str  # the step or the lesson, as pages call it
    path: str
    place: str
    lines: tuple[str, ...]
    stage: str = ""

    @property
    def text(self) -> str:
        """The lines, each ended."""
        return "".join(f"{line}\n" for line in self.lines)

    @property
    def is_new_file(self) -> bool:
        """Whether the lines are a whole file."""
        return self.place == NEW_FILE


def small_changes(source: str, stage: str = "") -> list[SmallChange]:
    """Return the changes that a fence's body names, in the order of the files.

    The body is a file of a step, such as `steps/02-…/status/views.py`, and perhaps parts of it
    after `::`; or a section of a further lesson, `checks/NAME/patches/1-TITLE.patch`, and perhaps
    one file of it after `::`. Raises WorkbookError where it changes nothing, or can't be shown so.
    """
    if section := SECTION.fullmatch(source.strip()):
        if stage:
            raise WorkbookError(f"{source.strip()} is a section of a lesson, and has no stage.")
        return list(_changes_of_section(section[1], section[2] or ""))
    return _changes_of_step(parse_address(source, stage))


def _changes_of_step(address: Address) -> list[SmallChange]:
    if not address.path:
        raise WorkbookError(f"{address}: a change is of one file. Name its path.")
    label = address.step.label
    before = files_ahead_of(address.step, address.stage).get(address.path)
    after = files_at(address.step, address.stage).get(address.path)
    if before is None and after is None:
        excerpt(address)  # which says what is there
    if before is None:
        raise WorkbookError(f"{address} is new: show it in a listing.")
    if address.names:
        hunks = _hunks_of_part(address)
    else:
        hunks = hunks_of(before.splitlines(), (after or "").splitlines())
    if not hunks:
        raise WorkbookError(f"{address} is the same as before: there is no change to show.")
    return [
        _change(str(address), (label, address.path, address.stage), hunk, before, after)
        for hunk in hunks
    ]


def _hunks_of_part(address: Address) -> list[list[str]]:
    found = excerpt(address)
    if found.place.kind not in ("replaces", "unchanged"):
        raise WorkbookError(f"{address} is new: show it in a listing.")
    return hunks_of(found.place.replaced, found.lines)


def _changes_of_section(file: str, path: str) -> Iterator[SmallChange]:
    lesson, number = section_named(file)
    before, after = section_files(lesson, number), section_files(lesson, number + 1)
    changed = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    if path and path not in changed:
        raise WorkbookError(f"{file} does not change “{path}”. It changes: {', '.join(changed)}")
    for name in [path] if path else changed:
        place = (lesson.label, name, "")
        if name not in before:
            yield SmallChange(lesson.label, name, NEW_FILE, tuple(after[name].splitlines()))
            continue
        for hunk in hunks_of(before[name].splitlines(), after.get(name, "").splitlines()):
            yield _change(f"{file}::{name}", place, hunk, before[name], after.get(name))


def section_named(file: str) -> tuple[Lesson, int]:
    """Return the lesson of a patch, and how many of its patches come before.

    Raises WorkbookError where no lesson has it.
    """
    sections: list[str] = []
    for lesson in all_lessons():
        folder = f"checks/{lesson.checks.name}/patches"
        names = [f"{folder}/{one.name}" for one in chain_files(lesson.checks / "patches")]
        if file in names:
            return lesson, names.index(file)
        sections += names
    there = f"There are: {', '.join(sections)}" if sections else "There are none."
    raise WorkbookError(f"“{file}” is no section of a lesson. {there}")


def section_files(lesson: Lesson, number: int) -> dict[str, str]:
    """Return the texts of a lesson's files after that many of its patches."""
    files = chain_files(lesson.checks / "patches")[:number]

    def copy_to(folder) -> None:
        lesson.base.copy_to(folder)
        apply_patches(map(load_patch, files), folder)

    return files_copied(copy_to)


def _change(
    name: str, place: tuple[str, str, str], hunk: list[str], before: str, after: str | None
) -> SmallChange:
    project, path, stage = place
    lines = before.splitlines()
    old = [line[1:] for line in hunk if not line.startswith("+")]
    found = [at for at in range(len(lines)) if lines[at : at + len(old)] == old]
    if not old or len(found) > 1:
        shown = "\n".join(f"  {line}" for line in hunk)
        raise WorkbookError(
            f"{name}: a reader can't tell where this change goes, because its old lines are"
            f" {'none' if not old else f'there {len(found)} times'}. Show a listing.\n{shown}"
        )
    words = _words(path, before, hunk, found[0]) if after is not None else DELETED
    return SmallChange(project, path, words, tuple(hunk), stage)


def _words(path: str, before: str, hunk: list[str], start: int) -> str:
    """Say in which part of a Python file all changed lines are; nothing if they are in several."""
    if not path.endswith(".py"):
        return ""
    at, first, last, above = start, None, 0, " "
    for line in hunk:
        if line[0] == "-":
            first, last = at if first is None else first, at
        elif line[0] == "+" and above == " ":
            # Lines that replace no others are in a part if both their neighbours are.
            first, last = at - 1 if first is None else first, at
        at += line[0] != "+"
        above = line[0]
    parts = python_scope(before, "").parts
    around = [one.label for one in parts if one.first <= (first or 0) and last < one.end]
    return f"in {around[0]}" if around else ""
