"""Built HTML as a tree of Beautiful Soup's, and its text as a reader sees it."""

from collections.abc import Iterable

from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement, PreformattedString

# How emphasis is told from other words in the texts that `inline` returns.
MARKS = {"strong": "**", "em": "*", "code": "`"}


def parse(html: str) -> BeautifulSoup:
    """Return the tree of a page."""
    return BeautifulSoup(html, "html.parser")


def elements_in(tag: Tag) -> list[Tag]:
    """Return the elements directly in another one."""
    return tag.find_all(True, recursive=False)


def classes_of(tag: Tag) -> list[str]:
    """Return the names in its `class`."""
    return tag.get("class", [])


def inline(children: Iterable[PageElement]) -> str:
    """Return running text in one line: **bold**, *italic*, `code`, <addresses> of other hosts."""
    return " ".join("".join(map(_piece, children)).split())


def _piece(child: PageElement) -> str:
    if not isinstance(child, Tag):
        return "" if isinstance(child, PreformattedString) else str(child)  # no comments
    words = "".join(map(_piece, child.children))
    address = child.get("href", "")
    if child.name == "a" and address.startswith("http"):
        return f"<{address}>" if words == address else f"{words} <{address}>"
    mark = MARKS.get(child.name, "")
    return f"{mark}{words}{mark}"
