"""Patches on the snapshots: exercises, rungs of the ladder, and further lessons.

A patch is a unified diff that fits line by line or not at all. It is applied without git, which a
learner need not have, and to a clone whose lines end with CRLF as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.passwords import shortened
from workbook.paths import ROOT
from workbook.projects.patches.unified_diff import FileChange, Hunk, parse_diff

SECTION = re.compile(r"(\d+)-[a-z0-9-]+\.patch")
SHOWN_CHARACTERS = 60
MANAGE = "manage.py"  # how its lines end tells whether git checked the project out with CRLF


@dataclass(frozen=True)
class Patch:
    """A unified diff: what errors call it, and what it does file by file."""

    name: str
    changes: tuple[FileChange, ...]

    def reversed(self) -> Patch:
        """Return the patch that takes this one back."""
        return Patch(self.name, tuple(change.reversed() for change in self.changes))


def load_patch(file: Path) -> Patch:
    """Read a patch. Raises WorkbookError where it can't be read or is none."""
    name = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else str(file)
    try:
        text = file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise WorkbookError(f"The patch {name} can't be read: {problem}.") from problem
    return Patch(name, parse_diff(text, name))


def chain_files(folder: Path) -> list[Path]:
    """Return the patches of a chain, `1-TITLE.patch` first; none where there is no such folder."""
    numbered = ((SECTION.fullmatch(file.name), file) for file in folder.glob("*.patch"))
    return [file for _, file in sorted((int(match[1]), file) for match, file in numbered if match)]


def apply_patches(patches: Iterable[Patch], folder: Path) -> None:
    """Apply `patches`, one on top of the other, to the project in `folder`: all of them or none.

    Raises WorkbookError where one does not fit, naming its line and that of the project's file.
    """
    project = _Files(folder)
    for patch in patches:
        _apply(patch, project)
    project.write()


def _apply(patch: Patch, project: _Files) -> None:
    results: dict[str, bytes] = {}
    try:
        for change in patch.changes:
            text = _changed(change, project)
            if change.new_path is not None:
                results[change.new_path] = text
        # Two files may take each other's names.
        for change in patch.changes:
            if change.old_path is not None:
                project.put(change.old_path, None)
        for path, text in results.items():
            if project.bytes_of(path) is not None:
                raise _Misfit(f"{path} is there already")
            project.put(path, text)
    except _Misfit as misfit:
        raise WorkbookError(
            f"{patch.name}{misfit.place} does not fit the project: {misfit}.\n"
            "Change the patch to what the project has become."
        ) from misfit


def _changed(change: FileChange, project: _Files) -> bytes:
    """Return what becomes of a file; of one that the change deletes, nothing may be left."""
    lines: list[str] = []
    if change.old_path is not None:
        lines = project.lines_of(change.old_path)
    newline = project.newline_beside(lines)
    result: list[str] = []
    at = 0
    for hunk in change.hunks:
        if hunk.old_index < at:
            raise _Misfit("it begins in lines that the hunk before has changed", hunk.number)
        result += lines[at : hunk.old_index]
        kept, at = _replaced(change.path, hunk, lines, newline)
        result += kept
    result += lines[at:]
    if change.new_path is None and result:
        raise _Misfit(f"{change.path} has more lines than are deleted", change.number)
    if not all(line.endswith("\n") for line in result[:-1]):
        raise _Misfit(f"a line of {change.path} without a newline is not the last", change.number)
    return "".join(result).encode("utf-8")


def _replaced(path: str, hunk: Hunk, lines: list[str], newline: str) -> tuple[list[str], int]:
    """Return the lines that a hunk leaves in its place, and the index of the line that follows."""
    kept: list[str] = []
    at = hunk.old_index
    if at > len(lines):
        raise _Misfit(f"{path} has {len(lines)} lines only", hunk.number)
    for place, line in enumerate(hunk.lines):
        sign, expected = line[0], line[1:]
        if sign == "+":
            kept.append(expected.replace("\n", newline))
            continue
        found = lines[at] if at < len(lines) else None
        if found is None or found.replace("\r\n", "\n") != expected:
            raise _Misfit(
                f"line {at + 1} of {path} should be {_shown(expected)}, and is {_shown(found)}",
                hunk.number + 1 + place,
            )
        if sign == " ":
            kept.append(found)
        at += 1
    return kept, at


def _shown(line: str | None) -> str:
    if line is None:
        return "not there"
    text = line.rstrip("\r\n")
    if not text:
        return "empty"
    text = shortened(text, SHOWN_CHARACTERS)
    return f"“{text}”" if line.endswith("\n") else f"“{text}” without a newline"


class _Misfit(Exception):
    """Why a patch does not fit, and in which of its lines that shows, 0 for none of them."""

    def __init__(self, reason: str, number: int = 0) -> None:
        super().__init__(reason)
        self.place = f", line {number}," if number else ""


@dataclass
class _Files:
    """A project's files as they will be; None stands for a file that goes."""

    folder: Path
    changed: dict[str, bytes | None] = field(default_factory=dict)

    def bytes_of(self, path: str) -> bytes | None:
        """Return what is in a file, None where there is none. A link may not lead outside."""
        if path in self.changed:
            return self.changed[path]
        file = self.folder / path
        if not file.resolve().is_relative_to(self.folder.resolve()):
            raise _Misfit(f"{path} is a link that leads out of the project")
        if file.is_dir() or any(parent.is_file() for parent in file.parents):
            raise _Misfit(f"{path} is a file in one of them and a folder in the other")
        return file.read_bytes() if file.is_file() else None

    def lines_of(self, path: str) -> list[str]:
        """Return a file's lines with their ends."""
        found = self.bytes_of(path)
        if found is None:
            raise _Misfit(f"there is no file {path}")
        try:
            parts = found.decode("utf-8").split("\n")
        except UnicodeDecodeError as problem:
            raise _Misfit(f"{path} is no text in UTF-8") from problem
        return [f"{part}\n" for part in parts[:-1]] + [part for part in parts[-1:] if part]

    def newline_beside(self, lines: list[str]) -> str:
        """Return what ends a line beside these of a file; in a new file, as in manage.py."""
        if not lines and self.bytes_of(MANAGE) is not None:
            lines = self.lines_of(MANAGE)
        return "\r\n" if lines and lines[0].endswith("\r\n") else "\n"

    def put(self, path: str, text: bytes | None) -> None:
        """Have `text` in a file, or no such file."""
        self.changed[path] = text

    def write(self) -> None:
        """Make the files on disk what they will be; a folder that gets empty goes too."""
        for path in (path for path, text in self.changed.items() if text is None):
            file = self.folder / path
            file.unlink(missing_ok=True)
            for parent in file.parents:
                if parent == self.folder or not parent.is_dir() or any(parent.iterdir()):
                    break
                parent.rmdir()
        for path, text in self.changed.items():
            if text is not None:
                file = self.folder / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(text)
