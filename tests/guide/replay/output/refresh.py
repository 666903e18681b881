"""Printed output of a page, written anew from what was really printed.

The writer's choice stays: which stretches are shown, and where `…` leaves something out. What
differs from run to run is shortened.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.guide.replay.output.matcher import ANY, Matcher

VARYING = (
    (re.compile(r"\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), r"\1-…"),
    (re.compile(r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+: "), "[…: "),
    (re.compile(r"\[\d\d/\w{3}/\d{4} \d\d:\d\d:\d\d\]"), "[…]"),
    (re.compile(r"^\d\d:\d\d:\d\d (?=\w+ +\| )"), "… "),
    (re.compile(r"\b(\d+)\.\d+(?=s\b)"), r"\1.…"),
    (re.compile(r"celery@[\w.-]+"), "celery@…"),
    (re.compile(r"0x[0-9a-f]{6,}"), "0x…"),
    (re.compile(r"(127\.0\.0\.1|localhost):(?!8000|6379|63\d\d)\d{4,5}"), r"\1:…"),
    (re.compile(r'(HTTP/1\.1" \d{3}) \d+$'), r"\1 …"),
    (re.compile(r"\bpy:3\.[\d.]+\S*"), "py:3.…"),
    (re.compile(r"^\d+(?= objects imported)"), ANY),  # Django's versions import more, or less
    (re.compile(r"^\s*[~^]+$"), ANY),  # Python's own marks, which differ between its versions
    (re.compile(r"( in )[\d.]+s.*?( =+)$"), r"\1…\2"),
)
ALIKE = 0.6  # how much of two lines must agree for one to stand for the other
WHOLE_LINES = 12  # output of which the page shows nothing yet is shown whole up to here


@dataclass(frozen=True)
class Correction:
    """Lines of a page's Markdown, counted from 1, and what takes their place."""

    line: int
    many: int
    lines: list[str]


def correct(page: Path, corrections: Sequence[Correction]) -> None:
    """Write the corrections into a page, each as far indented as the block it stands in."""
    lines = page.read_text(encoding="utf-8").split("\n")
    for one in sorted(corrections, key=lambda one: one.line, reverse=True):
        above = lines[one.line - 2]
        indent = above[: len(above) - len(above.lstrip())]
        new = [f"{indent}{line}".rstrip() for line in one.lines]
        lines[one.line - 1 : one.line - 1 + one.many] = new
    page.write_text("\n".join(lines), encoding="utf-8")


def refreshed(shown: Sequence[str], printed: str, start: bool, end: bool) -> list[str]:
    """Return the lines that show the same stretches of `printed` as `shown` meant to.

    `start` and `end` say whether the page shows it from its first line, and to its last.
    """
    real = printed.rstrip().splitlines()
    if not any(line.strip() for line in shown):
        cut = real if len(real) <= WHOLE_LINES else [*real[:WHOLE_LINES], ANY]
        return [shortened(line) for line in cut]
    pairs = _pairs(shown, real)
    found: list[str] = []
    at = 0
    for first, last in _stretches(shown):
        matched = [pairs[one] for one in range(first, last) if one in pairs]
        from_start = start and first == 0
        to_end = end and last == len(shown)
        if not matched and not (from_start or to_end):
            continue
        # Where nothing is alike, as many lines as were shown.
        many = last - first
        begin = 0 if from_start else min(matched, default=max(at, len(real) - many))
        stop = len(real) if to_end else max(matched, default=begin + many - 1) + 1
        if begin > at or (begin == at and first > 0 and found[-1:] != [ANY]):
            found.append(ANY)
        found += _stretch(shown, real, pairs, begin, stop)
        at = stop
    if list(shown)[-1].strip() == ANY or (at < len(real) and end):
        found.append(ANY)
    return found


def shortened(line: str) -> str:
    """Return a printed line without what differs from run to run."""
    for pattern, stand_in in VARYING:
        line = pattern.sub(stand_in, line)
    return line.rstrip()


def _stretch(
    shown: Sequence[str], real: Sequence[str], pairs: dict[int, int], begin: int, stop: int
) -> list[str]:
    """Return real lines; one that the page shows rightly stays as the page has it."""
    meant = {position: shown[at] for at, position in pairs.items()}
    lines = []
    for at in range(begin, stop):
        written = meant.get(at)
        holds = written is not None and not Matcher().compare([written], real[at], True, True)
        lines.append(written if holds else shortened(real[at]))
    return lines


def _stretches(shown: Sequence[str]) -> list[tuple[int, int]]:
    """Return from where to where lines stand in a row, between those of `…` alone."""
    found, first = [], 0
    for at, line in enumerate([*shown, ANY]):
        if line.strip() == ANY:
            if at > first:
                found.append((first, at))
            first = at + 1
    return found


def _pairs(shown: Sequence[str], real: Sequence[str]) -> dict[int, int]:
    """Return which real line each shown one stands for, in order, as many and as like as can be."""
    best: list[list[tuple[float, tuple[tuple[int, int], ...]]]] = [[(0.0, ())] * (len(real) + 1)]
    for one, line in enumerate(shown):
        row = [best[-1][0]]
        for other, printed in enumerate(real):
            likeness = _likeness(line, printed)
            score, pairs = best[-1][other]
            taken = (score + likeness, (*pairs, (one, other)))
            choices = [row[-1], best[-1][other + 1], *([taken] if likeness >= ALIKE else [])]
            row.append(max(choices, key=lambda choice: choice[0]))
        best.append(row)
    return dict(best[-1][-1][1])


def _likeness(shown: str, printed: str) -> float:
    if not shown.strip() or shown.strip() == ANY or not printed.strip():
        return 0.0
    return difflib.SequenceMatcher(None, shown.strip(), shortened(printed).strip()).ratio()
