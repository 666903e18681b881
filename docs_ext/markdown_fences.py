"""The fences of the guide's Markdown, with page and line."""

import re
from dataclasses import dataclass
from pathlib import Path

OPENING = re.compile(r"^(?P<indent>[ \t>]*)(?P<fence>`{3,}|~{3,})(?P<head>[^`]*)$")


@dataclass(frozen=True)
class Fence:
    """A fenced block: where its first line is, what it says of itself, and its body."""

    page: Path
    line: int  # counted from 1
    language: str
    options: str
    body: str
    is_closed: bool


def fences_of(page: Path) -> list[Fence]:
    """Return the fences of a page in order, those inside lists, tabs and admonitions too."""
    lines = page.read_text(encoding="utf-8").splitlines()
    found: list[Fence] = []
    at = 0
    while at < len(lines):
        opening = OPENING.match(lines[at])
        if opening is None:
            at += 1
            continue
        end = _end(lines, at + 1, opening["fence"])
        body = "\n".join(line[len(opening["indent"]) :] for line in lines[at + 1 : end])
        language, options = _split(opening["head"].strip())
        found.append(Fence(page, at + 1, language, options, body, end < len(lines)))
        at = end + 1
    return found


def _end(lines: list[str], start: int, fence: str) -> int:
    """Return where the closing line is, or the number of lines if there is none."""
    closing = (at for at in range(start, len(lines)) if lines[at].strip(" \t>") == fence)
    return next(closing, len(lines))


def _split(head: str) -> tuple[str, str]:
    """Split a fence's head, in either notation: `python title="x"` and `{.python title="x"}`."""
    if head.startswith("{"):
        head = head.strip("{} ").removeprefix(".")
    language, _, options = head.partition(" ")
    return language, options.strip()
