"""The sections of a page: their sentences and fences; and its hints for the exercise."""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

from docs_ext.markdown_fences import Fence, fences_of

HEADING = re.compile(r"(#{1,6}) (.+?)(?: \{.*\})?$")
TIP = re.compile(r'\?\?\? tip "Hint \d+"')
ITEM = re.compile(r"(?:-|\d+\.) ")
# Lines that are no sentences: HTML, pictures, tabs, folds, tables, tasks to tick.
NO_SENTENCE = ("#", "![", "===", "???", "!!!", "|", "- [")
# What a reader does to look at something says nothing about the idea.
TO_LOOK = re.compile(
    r"(?:Open http|Reload |Leave the shell|It lists |Look for |"
    r"(?:Start|Stop) (?:it|everything|beat|Redis|the (?:web server|worker|server))\b(?! with `))"
)
BUILDS, SHOWS = ("listing", "change"), ("console", "text")
HTML = re.compile(r"</?(?!https?:)[a-z!]")


@dataclass(frozen=True)
class Section:
    """A heading, what follows it up to the next one of its level, and the line it is in."""

    heading: str
    line: int
    paragraphs: tuple[str, ...]
    fences: tuple[Fence, ...]


def sections_of(page: Path) -> list[Section]:
    """Return the sections of a page in order, the one of the whole page first."""
    fences = fences_of(page)
    fenced = {line for one in fences for line in range(one.line, _end(one) + 1)}
    lines = page.read_text(encoding="utf-8").splitlines()
    heads = [
        (number, len(match[1]), match[2].replace("`", ""))
        for number, line in enumerate(lines, 1)
        if number not in fenced and (match := HEADING.match(line))
    ]
    found = []
    for at, (number, level, heading) in enumerate(heads):
        after = (line for line, other, _ in heads[at + 1 :] if other <= level)
        end = next(after, len(lines) + 1)
        numbered = [(line, lines[line - 1]) for line in range(number + 1, end)]
        inside = tuple(one for one in fences if number < one.line < end)
        look = _first_look(inside, end)
        prose = [line if at not in fenced else "" for at, line in numbered if at < look]
        found.append(Section(heading, number, tuple(_paragraphs(prose)), inside))
    return found


def tips_of(page: Path) -> list[str]:
    """Return the hints that a page gives for its exercise, one after the other."""
    tips: list[list[str]] = []
    is_tip = False
    for line in page.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(" "):
            is_tip = bool(TIP.match(line))
            tips += [[]] if is_tip else []
        elif is_tip:
            tips[-1].append(line)
    return [_tip("\n".join(tip)) for tip in tips]


def _end(fence: Fence) -> int:
    return fence.line + len(fence.body.splitlines()) + 1


def _first_look(fences: tuple[Fence, ...], end: int) -> int:
    """Return the line where a section looks at all that it built; its end if it doesn't.

    What is told from there on, of outputs and trials, is no idea, and makes no sense without them.
    """
    built = max((one.line for one in fences if one.language in BUILDS), default=end)
    shown = (one.line for one in fences if one.language in SHOWS and one.line > built)
    return next(shown, end)


def _paragraphs(lines: list[str]) -> list[str]:
    found: list[str] = []
    is_open = False
    for line in lines:
        if not line.strip() or line.startswith((" ", *NO_SENTENCE)) or HTML.match(line):
            is_open = False
        elif is_open and not ITEM.match(line):
            found[-1] += f" {line}"
        else:
            found.append(line)
            is_open = True
    return [told for one in found if (told := _without_looks(plain_text(one)))]


def _without_looks(text: str) -> str:
    """Return a paragraph without the steps that only look; a listing that follows is not shown."""
    sentences = re.split(r"(?<=[.?!:]) (?=[A-Z])", text)
    told = " ".join(one for one in sentences if not TO_LOOK.match(one))
    return f"{told[:-1]}." if told.endswith(":") else told


def _tip(text: str) -> str:
    lines = (line for line in textwrap.dedent(text).strip().splitlines() if "```" not in line)
    return plain_text("\n".join(lines))


def plain_text(markdown: str) -> str:
    """Return a sentence of a page as a terminal shows it; code keeps its backticks."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    text = re.sub(r"<(https?://[^>]*)>", r"\1", text)
    parts = re.split(r"(`[^`]*`)", text)
    # What is in backticks is code, stars included.
    parts[::2] = [re.sub(r"(\*\*?)(\S.*?)\1", r"\2", part) for part in parts[::2]]
    return "".join(parts)
