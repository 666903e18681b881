"""A unified diff, as `git diff` and `diff -u` write it, read into what it does file by file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from workbook.errors import WorkbookError

NOWHERE = "/dev/null"
HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
NO_NEWLINE = "\\"  # begins the remark that the line above is the file's last, without a newline
GIT_LINES = ("index ", "similarity index ", "dissimilarity index ")
# Of modes, only that of a plain file: no link leads out of the project, and no bit is lost.
PLAIN_FILE = ("new file mode 100644", "deleted file mode 100644")
OPPOSITE = {" ": " ", "+": "-", "-": "+"}


@dataclass(frozen=True)
class Hunk:
    """Lines that are changed in one place, each with its sign before it.

    A line ends with a newline unless it is a file's last without one. `old_index` and `new_index`
    count lines of the file from 0, `number` is the heading's line in the diff, from 1.
    """

    old_index: int
    new_index: int
    lines: tuple[str, ...]
    number: int

    def reversed(self) -> Hunk:
        """Return the hunk that takes this one back."""
        lines = tuple(OPPOSITE[line[0]] + line[1:] for line in self.lines)
        return Hunk(self.new_index, self.old_index, lines, self.number)


@dataclass(frozen=True)
class FileChange:
    """What a diff does to one file: its path before and after, None where there is no file.

    `text` is the hunks as they are shown, `number` the line where the file begins in the diff.
    """

    old_path: str | None
    new_path: str | None
    hunks: tuple[Hunk, ...]
    text: str
    number: int

    @property
    def path(self) -> str:
        """The file's path in the project, after the change if it is there then."""
        return self.new_path or self.old_path or ""

    @property
    def place(self) -> str:
        """What else a reader must know of the file: that it is new, deleted or renamed."""
        if self.old_path is None:
            return "new file"
        if self.new_path is None:
            return "deleted"
        return "" if self.old_path == self.new_path else f"was {self.old_path}"

    def reversed(self) -> FileChange:
        """Return the change that takes this one back."""
        hunks = tuple(hunk.reversed() for hunk in self.hunks)
        return replace(self, old_path=self.new_path, new_path=self.old_path, hunks=hunks)


def parse_diff(text: str, name: str) -> tuple[FileChange, ...]:
    """Return the changes of a diff, whose `name` begins each error; newlines may be `\\r\\n`.

    What comes before the first file is a preamble, and passed over. Raises WorkbookError, naming
    the line, for what can't be applied to text files below one folder.
    """
    changes = tuple(_Reader(name, text.replace("\r\n", "\n").split("\n")).changes())
    if not changes:
        raise WorkbookError(f"{name} changes no file: write it as a unified diff.")
    return changes


@dataclass
class _Reader:
    """The lines of a diff, and how many of them have been read."""

    name: str
    lines: list[str]
    at: int = 0
    sides: set[tuple[str, str]] = field(default_factory=set)  # files named so far, old and new

    def changes(self) -> Iterator[FileChange]:
        while self.line is not None and not self.line.startswith(("diff --git ", "--- ")):
            self.at += 1
        while self.line is not None:
            if self.line:
                yield self._file()
            else:
                self.at += 1

    @property
    def line(self) -> str | None:
        """The next line, None at the end."""
        return self.lines[self.at] if self.at < len(self.lines) else None

    def _error(self, sentence: str, number: int | None = None) -> WorkbookError:
        return WorkbookError(f"{self.name}, line {number or self.at + 1}: {sentence}")

    def _take(self, prefix: str) -> str | None:
        """Return what follows `prefix` in the next line, and go on; None if it begins otherwise."""
        line = self.line
        if line is None or not line.startswith(prefix):
            return None
        self.at += 1
        return line.removeprefix(prefix)

    def _file(self) -> FileChange:
        number = self.at + 1
        old, new = self._git_paths()
        if (before := self._take("--- ")) is not None:
            after = self._take("+++ ")
            if after is None:
                raise self._error("the line “+++ b/PATH” is missing.")
            old, new = self._path(before, "a/"), self._path(after, "b/")
        if old is None and new is None:
            raise self._error("expected “diff --git a/PATH b/PATH”, “--- a/PATH” or “@@ … @@”.")
        # Two files may take each other's names.
        sides = {(sign, path) for sign, path in (("-", old), ("+", new)) if path}
        if self.sides & sides:
            raise self._error(f"{new or old} is named a second time.", number)
        self.sides |= sides
        begin, hunks = self.at, []
        while self.line is not None and self.line.startswith("@@"):
            hunks.append(self._hunk())
        return FileChange(old, new, tuple(hunks), "\n".join(self.lines[begin : self.at]), number)

    def _git_paths(self) -> tuple[str | None, str | None]:
        """Read git's own lines on a file; return its paths, which an empty file has there alone."""
        names = self._take("diff --git ")
        if names is None:
            return None, None
        # Both are the same unless the file is renamed, which has lines of its own.
        middle = len(names) // 2
        old = new = None
        if names[1:middle] == names[middle + 2 :]:
            old, new = self._path(names[:middle], "a/"), self._path(names[middle + 1 :], "b/")
        while self.line and not self.line.startswith(("diff --git ", "---", "@@")):
            if (path := self._take("rename from ")) is not None:
                old = self._path(path, "")
            elif (path := self._take("rename to ")) is not None:
                new = self._path(path, "")
            elif self.line in PLAIN_FILE:
                old, new = (None, new) if self.line.startswith("new") else (old, None)
                self.at += 1
            elif self.line.startswith(GIT_LINES):
                self.at += 1
            else:
                raise self._error(
                    f"“{self.line}” is nothing that a patch may do here. It may change, add, delete"
                    " and rename text files, and leaves their modes alone."
                )
        return old, new

    def _path(self, text: str, prefix: str) -> str | None:
        """Return a path of the project, None for no file. `diff -u` writes a time after it."""
        path = text.partition("\t")[0]
        if path == NOWHERE:
            return None
        inner = path.removeprefix(prefix)
        if (
            not path.startswith(prefix)
            or '"' in path
            or {"", "."} & {*inner.lstrip("/").split("/")}
        ):
            raise self._error(f"“{path}” is no path of the project: {prefix}PATH.", self.at)
        if is_outside(inner):
            raise self._error(f"“{inner}” is outside the project.", self.at)
        return inner

    def _hunk(self) -> Hunk:
        number, heading = self.at + 1, HUNK.match(self.line or "")
        if heading is None:
            raise self._error("expected “@@ -LINE,COUNT +LINE,COUNT @@”.")
        self.at += 1
        old, new = int(heading[1]), int(heading[3])
        counts = {" ": 0, "-": int(heading[2] or 1), "+": int(heading[4] or 1)}
        # A hunk without lines of a file names the line that it goes below.
        indexes = (old - 1 if counts["-"] else old, new - 1 if counts["+"] else new)
        lines: list[str] = []
        while counts["-"] > 0 or counts["+"] > 0:
            # Editors strip the space that is all of an empty line.
            line = self.line or (" " if self.line == "" else "?")
            for sign in "-+" if line[0] == " " else line[0]:
                counts[sign] = counts.get(sign, 0) - 1
            if line[0] not in OPPOSITE or min(counts.values()) < 0:
                raise self._error(f"the hunk of line {number} has other counts than its heading.")
            self.at += 1
            is_last = self._take(NO_NEWLINE) is not None
            lines.append(line if is_last else f"{line}\n")
        return Hunk(*indexes, tuple(lines), number)


def is_outside(path: str) -> bool:
    """Tell whether a relative path may lead out of its folder, on any system."""
    return path.startswith("/") or ".." in PurePosixPath(path).parts or bool({*path} & {*":\\\0"})
