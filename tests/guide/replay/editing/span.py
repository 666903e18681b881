"""A part of a file: from which line to which, and how far below it a reader puts the next one."""

import re
from dataclasses import dataclass

BLOCK = re.compile(r"(@|def |async def |class )")


@dataclass(frozen=True)
class Span:
    """Lines of a file, as indices: `end` is the first one below. Markup leaves no blank lines."""

    start: int
    end: int
    text: str
    is_markup: bool = False


def usual_gap(span: Span, below: str) -> int:
    """Return the blank lines between a part and new code below it: PEP 8's, none in markup."""
    if span.is_markup:
        return 0
    is_inside = below.startswith(" ")
    if _is_block(span.text) or _is_block(below):
        return 1 if is_inside else 2
    return 0 if is_inside else 1


def _is_block(text: str) -> bool:
    lines = [line.strip() for line in text.splitlines() if not line.lstrip().startswith("#")]
    return bool(lines) and bool(BLOCK.match(lines[0]))
