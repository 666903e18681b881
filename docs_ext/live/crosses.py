"""A ✗ as a page shows it: with the address of its section, and the file that it speaks of."""

from dataclasses import asdict, dataclass

from docs_ext.hint.places import place_named
from workbook.projects.guide_places import file_and_anchor
from workbook.projects.progress import Cross


@dataclass(frozen=True)
class ShownCross(Cross):
    """A ✗; `href` leads to the section that it names, and `file` is one of the project.

    Both are "" where it names none.
    """

    href: str = ""
    file: str = ""


def shown(cross: Cross) -> ShownCross:
    """Return a ✗ as a page shows it."""
    found = file_and_anchor(cross.guide)
    href = f"/{found[0]}#{found[1]}" if found else ""
    files = place_named(cross.look_at).files
    return ShownCross(**asdict(cross), href=href, file=files[0] if files else "")
