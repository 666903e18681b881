"""The named parts of a template: elements such as `form` or `section#task`, and blocks."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from docs_ext.listings.parts import Part, Scope
from workbook.errors import WorkbookError

TEMPLATE_CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
BLOCK = re.compile(r"\{%-?\s*(?:(?P<open>block)\s+(?P<name>\w+)|endblock\b.*?)\s*-?%\}")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"}


@dataclass
class Node:
    """An element or block: its names, and where it is in the text, in characters."""

    kind: str
    name: str
    label: str
    start: int
    inner: int  # where what it holds begins
    end: int | None = None
    also: frozenset[str] = frozenset()
    children: "list[Node]" = field(default_factory=list)


def html_scope(text: str, name: str) -> Scope:
    """Return the part of that name with its neighbours; an empty scope if it is not there.

    Raises WorkbookError if there are several, or if it shares a line with something else.
    """
    root = _tree(text)
    found = [(parent, node) for parent, node in _walk(root) if name in {node.name, *node.also}]
    if len(found) > 1:
        lines = ", ".join(str(text.count("\n", 0, node.start) + 1) for _, node in found)
        raise WorkbookError(f"`{name}` stands there {len(found)} times (lines {lines}).")
    if not found:
        return Scope()
    parent, node = found[0]
    if not _has_its_lines(text, node):
        raise WorkbookError(
            f"`{name}` shares a line with something else: name the element around it."
        )
    parts = [_part(text, child) for child in parent.children if _has_its_lines(text, child)]
    start = text.count("\n", 0, parent.inner) + 1 if parent is not root else 0
    return Scope(parts, parent.name, parent.label, start)


def names_in(text: str) -> list[str]:
    """Return the names of the elements and blocks that can be asked for."""
    return [node.name for _, node in _walk(_tree(text)) if _has_its_lines(text, node)]


class _Events(HTMLParser):
    """Collects where tags begin and end; template code is masked, so that offsets stay."""

    def __init__(self, masked: str) -> None:
        super().__init__(convert_charrefs=False)
        self.masked = masked
        self.starts = [0, *(match.end() for match in re.finditer("\n", masked))]
        self.found: list[tuple[int, int, str, dict[str, str | None] | None]] = []
        self.feed(masked)
        self.close()

    def _here(self) -> int:
        line, column = self.getpos()
        return self.starts[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        here = self._here()
        self.found.append((here, here + len(self.get_starttag_text() or ""), tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        here = self._here()
        self.found.append((here, self.masked.index(">", here) + 1, tag, None))


def _tree(text: str) -> Node:
    masked = TEMPLATE_CODE.sub(lambda match: re.sub(r"[^\n]", "x", match[0]), text)
    nodes: list[tuple[int, int, str, Node | None]] = []
    for start, inner, tag, attrs in _Events(masked).found:
        node = None if attrs is None else _element(tag, attrs.get("id"), start, inner)
        nodes.append((start, inner, tag, node))
    for match in BLOCK.finditer(text):
        node = _block(match["name"], match.start(), match.end()) if match["open"] else None
        nodes.append((match.start(), match.end(), "{% block %}", node))
    root = Node("", "", "", 0, 0, len(text))
    open_nodes = [root]
    for _, end, kind, node in sorted(nodes, key=lambda each: each[0]):
        if node:
            open_nodes[-1].children.append(node)
            if kind in VOID:
                node.end = node.inner
            else:
                open_nodes.append(node)
        elif any(each.kind == kind for each in open_nodes):
            # What was left open inside has no end, and so no lines that could be shown.
            while (closed := open_nodes.pop()).kind != kind:
                pass
            closed.end = end
    return root


def _element(tag: str, identity: str | None, start: int, inner: int) -> Node:
    if identity and "x" * len(identity) != identity:
        label, also = f'`<{tag} id="{identity}">`', frozenset({tag, f"#{identity}"})
        return Node(tag, f"{tag}#{identity}", label, start, inner, also=also)
    return Node(tag, tag, f"`<{tag}>`", start, inner)


def _block(name: str, start: int, inner: int) -> Node:
    return Node("{% block %}", f"block {name}", f"the block `{name}`", start, inner)


def _walk(node: Node) -> list[tuple[Node, Node]]:
    pairs: list[tuple[Node, Node]] = []
    for child in node.children:
        pairs += [(node, child), *_walk(child)]
    return pairs


def _has_its_lines(text: str, node: Node) -> bool:
    if node.end is None:
        return False
    before = text[text.rfind("\n", 0, node.start) + 1 : node.start]
    return not before.strip() and not text[node.end :].partition("\n")[0].strip()


def _part(text: str, node: Node) -> Part:
    lines = text.splitlines()
    first = text.count("\n", 0, node.start)
    # A template's comment directly above belongs to what it speaks of.
    while first and re.fullmatch(r"\s*\{#.*#\}\s*", lines[first - 1]):
        first -= 1
    end = text.count("\n", 0, node.end or node.inner) + 1
    return Part(node.name, node.label, first, end, node.also, is_markup=True)
