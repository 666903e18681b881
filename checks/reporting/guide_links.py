"""A ✗ names a section of the guide; a terminal that can makes a link of it."""

from __future__ import annotations

import re

from workbook.errors import WorkbookError
from workbook.projects.lessons import find_lesson

# Where `python3 workbook guide` serves the pages unless told otherwise.
GUIDE = "http://localhost:8001"
PLACE = re.compile(r"([\w-]+), (.+)")


def address_of(place: str) -> str | None:
    """Return the address of a section such as "04, Serve websockets"; None for other texts."""
    # Imported here: a Python that lacks packages must get far enough to be told so.
    from markdown.extensions.toc import slugify

    named = PLACE.fullmatch(place)
    if not named:
        return None
    try:
        page = find_lesson(named[1]).page
    except WorkbookError:
        return None
    return f"{GUIDE}/{page}.html#{slugify(named[2], '-')}"


def as_link(place: str) -> str:
    """Return `place` as a link for a terminal (OSC 8); one that knows none shows the text alone."""
    address = address_of(place)
    return f"\x1b]8;;{address}\x1b\\{place}\x1b]8;;\x1b\\" if address else place
