"""Built HTML as a tree, and its text as a reader sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
# How emphasis is told from other words in the texts that `inline` returns.
MARKS = {"strong": "**", "em": "*", "code": "`"}


@dataclass
class Node:
    """An element: its tag, its attributes, and what is in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """The names in `class`."""
        return self.attributes.get("class", "").split()

    @property
    def elements(self) -> list[Node]:
        """The elements directly in it."""
        return [child for child in self.children if isinstance(child, Node)]

    def all(self, tag: str) -> list[Node]:
        """Return the elements of that tag anywhere in it, in reading order."""
        found: list[Node] = []
        for child in self.elements:
            found += [child] if child.tag == tag else []
            found += child.all(tag)
        return found

    def first(self, tag: str, class_name: str = "") -> Node | None:
        """Return the first element of that tag (and class) anywhere in it."""
        found = (one for one in self.all(tag) if not class_name or class_name in one.classes)
        return next(found, None)

    @property
    def text(self) -> str:
        """All its text, as it stands."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


def inline(children: list[Node | str]) -> str:
    """Return running text in one line: **bold**, *italic*, `code`, <addresses> of other hosts."""
    return " ".join("".join(_piece(child) for child in children).split())


def _piece(child: Node | str) -> str:
    if isinstance(child, str):
        return child
    words = "".join(_piece(one) for one in child.children)
    if child.tag == "a" and child.attributes.get("href", "").startswith("http"):
        address = child.attributes["href"]
        return f"<{address}>" if words == address else f"{words} <{address}>"
    mark = MARKS.get(child.tag, "")
    return f"{mark}{words}{mark}"


def parse(html: str) -> Node:
    """Return the tree of a page."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Node("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        at = next((at for at in range(len(self.open) - 1, 0, -1) if self.open[at].tag == tag), None)
        if at:
            del self.open[at:]

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)
