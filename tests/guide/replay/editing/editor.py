"""The reader's editor: it puts listings where the page says, and changes what a diff shows.

They know a page's words alone: the title that names a file, what it says of the place, the code.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.guide.replay.editing import python_scope, template_scope
from tests.guide.replay.editing.span import Span, usual_gap
from tests.guide.replay.errors import Mishap

NAMES = re.compile(r"`([^`]+)`|the (imports)")
BELOW = re.compile(r"(directly )?below (.+?)(?:, after (\d+) blank lines?)?$")


@dataclass
class Editor:
    """What edits the project in `folder`, and can take the last edits back."""

    folder: Path
    undoable: list[tuple[Path, str | None]] = field(default_factory=list)
    # Below what a listing goes where the part that its caption names is not there.
    instead: dict[str, str] = field(default_factory=dict)

    def put(self, title: str, caption: str, code: str) -> None:
        """Write a listing into the file `title`, at the place that `caption` says."""
        path = self.folder / title
        before = path.read_text(encoding="utf-8") if path.exists() else None
        if caption in ("new file", "fills the empty file", "replaces the whole file"):
            self._require_state(path, before, caption)
            after = code
        elif before is None:
            raise Mishap(f"this goes {caption}, and there is no {title} yet")
        elif caption.startswith("replaces "):
            after = _replaced(title, before, caption, code)
        elif below := BELOW.match(caption):
            after = self._inserted(title, before, below, code)
        else:
            raise Mishap(f"“{caption}” says no place that a reader could find")
        if after == before:
            raise Mishap(f"{title} has these lines already: this listing is of no use")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(after, encoding="utf-8")

    def change(self, title: str, caption: str, diff: str) -> None:
        """Make a change for good; its old lines must be in one place, as it names no numbers."""
        path = self.folder / title
        if not path.exists():
            raise Mishap(f"this changes {title}, and there is none yet")
        before = path.read_text(encoding="utf-8")
        if (times := _times(before, diff)) > 1:
            raise Mishap(f"{title} holds the old lines of this change {times} times")
        self.apply(title, caption, diff, for_good=True)

    def apply(self, title: str, caption: str, diff: str, for_good: bool) -> None:
        """Change the file `title` as a diff shows; without `for_good`, `undo` takes it back."""
        path = self.folder / title
        before = path.read_text(encoding="utf-8") if path.exists() else None
        if not for_good:
            self.undoable.append((path, before))
        if caption == "delete this file":
            if before is None:
                raise Mishap(f"there is no {title} to delete")
            path.unlink()
        elif caption == "new file":
            path.write_text(_new_side(diff.splitlines()), encoding="utf-8")
        else:
            path.write_text(_changed(title, before or "", diff), encoding="utf-8")

    def undo(self) -> list[Path]:
        """Take back everything that was done on trial; return the files."""
        if not self.undoable:
            raise Mishap("there is nothing to undo here")
        files = [path for path, _ in self.undoable]
        while self.undoable:
            path, before = self.undoable.pop()
            if before is None:
                path.unlink()
            else:
                path.write_text(before, encoding="utf-8")
        return files

    def _inserted(self, title: str, before: str, below: re.Match, code: str) -> str:
        names = [name or imports for name, imports in NAMES.findall(below[2])]
        if len(names) != 1:
            raise Mishap(f"“{below[0]}” names no single part that this could stand below")
        span = self._find_above(title, before, names[0])
        gap = usual_gap(span, code)
        if below[1]:
            gap = 0
        elif below[3]:
            gap = int(below[3])
        lines = before.splitlines(keepends=True)
        # What stood below keeps its distance.
        return "".join([*lines[: span.end], "\n" * gap, code, *lines[span.end :]])

    def _find_above(self, title: str, before: str, name: str) -> Span:
        try:
            return find(title, before, name)
        except Mishap:
            if name not in self.instead:
                raise
            return find(title, before, self.instead[name])

    @staticmethod
    def _require_state(path: Path, before: str | None, caption: str) -> None:
        if caption == "new file" and before is not None:
            raise Mishap(f"{path.name} is said to be new, and it is there already")
        if caption == "fills the empty file" and before != "":
            raise Mishap(f"{path.name} is said to be empty, and it is not")
        if caption == "replaces the whole file" and before is None:
            raise Mishap(f"{path.name} is said to be there already, and it is not")


def find(title: str, text: str, name: str) -> Span:
    """Return where in a file the part of that name stands; a Mishap says that it is not there."""
    parts = python_scope if title.endswith(".py") else template_scope
    span = parts.find(text, name)
    if span is None:
        raise Mishap(f"a reader looks for `{name}` in {title}, and it is not there")
    return span


def _replaced(title: str, before: str, caption: str, code: str) -> str:
    names = [name or imports for name, imports in NAMES.findall(caption)]
    if not names:
        raise Mishap(f"“{caption}” names nothing that a reader could replace")
    spans = [find(title, before, name) for name in names]
    lines = before.splitlines(keepends=True)
    lines[min(span.start for span in spans) : max(span.end for span in spans)] = [code]
    return "".join(lines)


def _changed(title: str, before: str, diff: str) -> str:
    lines, at = before.splitlines(), 0
    for hunk in _hunks(diff):
        old = [line[1:] for line in hunk if not line.startswith("+")]
        found = [
            start for start in range(at, len(lines) + 1) if lines[start : start + len(old)] == old
        ]
        if not old or not found:
            shown = "\n".join(f"  {line}" for line in hunk)
            raise Mishap(f"{title} does not hold the old lines of this change:\n{shown}")
        new = [line[1:] for line in hunk if not line.startswith("-")]
        lines[found[0] : found[0] + len(old)] = new
        at = found[0] + len(new)
    return "".join(f"{line}\n" for line in lines)


def _times(text: str, diff: str) -> int:
    """Return how often a text holds the old lines of a diff, which is one hunk."""
    lines = text.splitlines()
    old = [line[1:] for line in diff.splitlines() if not line.startswith("+")]
    return sum(lines[at : at + len(old)] == old for at in range(len(lines)))


def _hunks(diff: str) -> list[list[str]]:
    hunks: list[list[str]] = [[]]
    for line in diff.splitlines():
        if line.startswith("@@"):
            hunks.append([])
        else:
            hunks[-1].append(line or " ")
    return [hunk for hunk in hunks if hunk]


def _new_side(lines: list[str]) -> str:
    return "".join(f"{line[1:]}\n" for line in lines if line.startswith("+"))
