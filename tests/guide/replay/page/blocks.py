"""A built page as its reader goes through it: blocks, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.guide.replay.page.html_tree import Node, inline, parse
from tests.guide.replay.page.source_lines import Source

HEADINGS = ("h1", "h2", "h3", "h4")
# Folds that are no part of the way: another project, and the step once more as a whole.
ASIDE = ("For a project of your own", "The whole lesson as a diff")
# A section for the reader's own ideas: its exercise is solved by nobody who follows to the letter.
EXERCISE = "Your turn"
LANGUAGE = "language-"
# What a listing says that asks for no change.
NOTHING_TO_DO = {"unchanged", "you have it already"}


@dataclass(frozen=True)
class Block:
    """A piece of a page. `line` is where it stands in the page's Markdown, counted from 1.

    `kind` is heading, prose or table, the language of a code block (console, pycon, text, diff),
    listing (code with words where it goes) or reading (code without).
    """

    kind: str
    text: str
    line: int
    title: str = ""  # a code block's file
    caption: str = ""  # where a listing goes
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def lines(self) -> list[str]:
        """The lines of its text."""
        return self.text.splitlines()


@dataclass(frozen=True)
class Page:
    """A page of the guide: the name of its Markdown file, and its blocks."""

    name: str
    blocks: list[Block]


def read_page(built: Path, markdown: Path, tabs: Sequence[str] = ()) -> Page:
    """Return the page in the HTML file `built`, whose source is `markdown`.

    Where tabs offer a choice, the reader takes the first one, or one that is labelled as in `tabs`.
    """
    root = parse(built.read_text(encoding="utf-8"))
    article = root.first("article")
    if article is None:
        raise ValueError(f"{built} holds no article: is it a page of the guide?")
    source = Source(markdown.read_text(encoding="utf-8"))
    return Page(f"docs/{markdown.name}", list(_Walk(source, tabs).blocks(article)))


@dataclass
class _Walk:
    source: Source
    tabs: Sequence[str]

    def blocks(self, node: Node) -> Iterator[Block]:
        is_exercise = False
        for child in node.elements:
            if child.tag in ("h1", "h2"):
                is_exercise = _heading(child) == EXERCISE
            if not is_exercise:
                yield from self._block(child)

    def _block(self, node: Node) -> Iterator[Block]:
        if node.tag in HEADINGS:
            yield self._words("heading", _heading(node))
        elif node.tag == "p":
            # A picture's paragraph holds no words.
            if words := inline(node.children):
                yield self._words("prose", words)
        elif node.tag == "table":
            yield self._table(node)
        elif "highlight" in node.classes:
            yield self._code(node, box=None)
        elif "listing" in node.classes or "lesson-diff" in node.classes:
            yield self._code(node.elements[0], box=node)
        elif "tabbed-set" in node.classes:
            yield from self.blocks(self._chosen_tab(node))
        elif node.tag == "details" and inline(node.first("summary").children) in ASIDE:
            return
        elif node.tag == "li":
            yield from self._item(node)
        else:
            yield from self.blocks(node)

    def _item(self, node: Node) -> Iterator[Block]:
        """Take an item's own words first, then what stands in it."""
        own = [c for c in node.children if isinstance(c, str) or c.tag not in ("p", "div", "ul")]
        if words := inline(own):
            yield self._words("prose", words)
        yield from self.blocks(Node("", {}, [c for c in node.children if c not in own]))

    def _words(self, kind: str, words: str) -> Block:
        return Block(kind, words, self.source.line_of_words(words))

    def _table(self, node: Node) -> Block:
        rows = tuple(
            tuple(inline(cell.children) for cell in row.elements) for row in node.all("tr")
        )
        return Block("table", "", self.source.line_of_words(rows[0][0]), rows=rows)

    def _code(self, node: Node, box: Node | None) -> Block:
        language = next(one for one in node.classes if one.startswith(LANGUAGE))
        kind = language.removeprefix(LANGUAGE)
        named = node.first("span", "filename")
        title, caption = _title(named) if named else ("", "")
        text = node.first("pre").first("code").text
        if box is None:
            return Block(kind, text, self.source.line_of_block(text), title, caption)
        if "listing" in box.classes:
            kind = "listing" if caption and caption not in NOTHING_TO_DO else "reading"
        return Block(kind, text, self.source.line_of_listing(title), title, caption)

    def _chosen_tab(self, node: Node) -> Node:
        labels = [inline(one.children) for one in node.first("div", "tabbed-labels").elements]
        wanted = (at for at, label in enumerate(labels) if label in self.tabs)
        return node.first("div", "tabbed-content").elements[next(wanted, 0)]


def _heading(node: Node) -> str:
    return inline([child for child in node.children if not _is_anchor(child)])


def _is_anchor(child: Node | str) -> bool:
    return isinstance(child, Node) and "headerlink" in child.classes


def _title(named: Node) -> tuple[str, str]:
    """Return the file that a block's title names, and the words beside it."""
    place = named.first("span", "listing-place")
    own = [child for child in named.children if child is not place]
    return inline(own), inline(place.children) if place else ""
