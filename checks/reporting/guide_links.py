"""A ✗ names a section of the guide; a terminal that can makes a link of it."""

from workbook.projects.guide_places import file_and_anchor

# Where `python3 workbook guide` serves the pages unless told otherwise.
GUIDE = "http://localhost:8001"


def address_of(place: str) -> str | None:
    """Return the address of a section such as "04, Serve websockets"; None for other texts."""
    found = file_and_anchor(place)
    return f"{GUIDE}/{found[0]}#{found[1]}" if found else None


def as_link(place: str) -> str:
    """Return `place` as a link for a terminal (OSC 8); one that knows none shows the text alone."""
    address = address_of(place)
    return f"\x1b]8;;{address}\x1b\\{place}\x1b]8;;\x1b\\" if address else place
