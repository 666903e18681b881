"""The running text of a Markdown page: what is left without code, headings, tables and markup."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})")
# Headings, tables, drawings, titles of tabs and of notes, and lines of a Markdown comment.
NO_PROSE = re.compile(r"^\s*(#|\||<|=== |\?\?\?|!!!|!\[|\[[^\]]+\]: )")
ITEM = re.compile(r"^\s*(?:[-*+]|\d+\.)\s+(?:\[[ x]\] )?")
CODE = re.compile(r"`+[^`]*`+")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)(?:\{[^}]*\})?")
MARKS = re.compile(r"[*_]{1,2}(?=\S)|(?<=\S)[*_]{1,2}")
END = re.compile(r"(?<=[.!?:])[”\")]*\s+")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph or an item of a list: the line it begins on, and its words, code left out."""

    line: int
    text: str


def paragraphs(page: Path) -> Iterator[Paragraph]:
    """Yield the paragraphs of a page; `CODE` stands for each piece of code, as one word."""
    begun, words, fence = 0, [], ""
    lines = page.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate([*lines, ""], 1):
        mark = FENCE.match(line)
        inside = bool(fence)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        ends = inside or mark or not line.strip() or NO_PROSE.match(line) or ITEM.match(line)
        if ends and words:
            yield Paragraph(begun, _plain(" ".join(words)))
            words = []
        if inside or mark or not line.strip() or NO_PROSE.match(line):
            continue
        begun = begun if words else number
        words.append(ITEM.sub("", line).strip())


def sentences(page: Path) -> list[str]:
    """Return the sentences of a page."""
    return [part for one in paragraphs(page) for part in END.split(one.text) if part.strip()]


def _plain(text: str) -> str:
    return MARKS.sub("", LINK.sub(r"\1", CODE.sub("CODE", text)))
