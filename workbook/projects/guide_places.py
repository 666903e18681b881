"""Where in the guide a check's ✗ sends the learner: a page, and a section of it."""

from __future__ import annotations

import re

from workbook.errors import WorkbookError
from workbook.projects.lessons import find_lesson

PLACE = re.compile(r"([\w-]+), (.+)")


def file_and_anchor(place: str) -> tuple[str, str] | None:
    """Return the page's file in the site and the anchor of a place such as "04, Serve websockets".

    None for other texts.
    """
    # Imported here: a Python that lacks packages must get far enough to be told so.
    from markdown.extensions.toc import slugify

    named = PLACE.fullmatch(place)
    if not named:
        return None
    try:
        page = find_lesson(named[1]).page
    except WorkbookError:
        return None
    return f"{page}.html", slugify(named[2], "-")
