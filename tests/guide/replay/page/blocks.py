"""A built page as its reader goes through it: blocks, one after the other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bs4 import Tag

from tests.guide.replay.page.html_tree import classes_of, elements_in, inline, parse
from tests.guide.replay.page.source_lines import Source

HEADINGS = ("h1", "h2", "h3", "h4")
# Folds that are no part of the way: another project, and the step once more as a whole.
ASIDE = ("For a project of your own", "The whole lesson as a diff")
# A section for the reader's own ideas: its exercise is solved by nobody who follows to the letter.
EXERCISE = "Your turn"
LANGUAGE = "language-"
BOXES = {"listing", "change", "lesson-diff"}
# What a listing says that asks for no change.
NOTHING_TO_DO = {"unchanged", "you have it already"}


@dataclass(frozen=True)
class Block:
    """A piece of a page. `line` is where it stands in the page's Markdown, counted from 1.

    `kind` is heading, prose or table, the language of a code block (console, pycon, text, diff),
    listing (code with words where it goes), change (lines that go and come) or reading (code that
    goes nowhere).
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
    article = parse(built.read_text(encoding="utf-8")).find("article")
    if article is None:
        raise ValueError(f"{built} holds no article: is it a page of the guide?")
    source = Source(markdown.read_text(encoding="utf-8"))
    place = markdown.as_posix().rpartition("/docs/")[2]
    return Page(f"docs/{place}", list(_Walk(source, tabs).blocks(elements_in(article))))


@dataclass
class _Walk:
    source: Source
    tabs: Sequence[str]

    def blocks(self, elements: Iterable[Tag]) -> Iterator[Block]:
        is_exercise = False
        for child in elements:
            if child.name in ("h1", "h2"):
                is_exercise = _heading(child) == EXERCISE
            if not is_exercise:
                yield from self._block(child)

    def _block(self, node: Tag) -> Iterator[Block]:
        if node.name in HEADINGS:
            yield self._words("heading", _heading(node))
        elif node.name == "p":
            # A picture's paragraph holds no words.
            if words := inline(node.children):
                yield self._words("prose", words)
        elif node.name == "table":
            yield self._table(node)
        elif "highlight" in classes_of(node):
            yield self._code(node, box=None)
        elif BOXES & {*classes_of(node)}:
            yield self._code(elements_in(node)[0], box=node)
        elif "tabbed-set" in classes_of(node):
            yield from self.blocks(elements_in(self._chosen_tab(node)))
        elif node.name == "details" and inline(node.find("summary").children) in ASIDE:
            return
        elif node.name == "li":
            yield from self._item(node)
        else:
            yield from self.blocks(elements_in(node))

    def _item(self, node: Tag) -> Iterator[Block]:
        """Take an item's own words first, then what stands in it."""
        apart = node.find_all(["p", "div", "ul"], recursive=False)
        own = [child for child in node.children if child not in apart]
        if words := inline(own):
            yield self._words("prose", words)
        yield from self.blocks(apart)

    def _words(self, kind: str, words: str) -> Block:
        return Block(kind, words, self.source.line_of_words(words))

    def _table(self, node: Tag) -> Block:
        rows = tuple(
            tuple(inline(cell.children) for cell in elements_in(row)) for row in node.find_all("tr")
        )
        return Block("table", "", self.source.line_of_words(rows[0][0]), rows=rows)

    def _code(self, node: Tag, box: Tag | None) -> Block:
        language = next(one for one in classes_of(node) if one.startswith(LANGUAGE))
        kind = language.removeprefix(LANGUAGE)
        named = node.find("span", "filename")
        title, caption = _title(named) if named else ("", "")
        text = node.pre.code.get_text()
        if box is None:
            return Block(kind, text, self.source.line_of_block(text), title, caption)
        if "listing" in classes_of(box):
            kind = "listing" if caption and caption not in NOTHING_TO_DO else "reading"
        elif "change" in classes_of(box):
            kind = "change"
        return Block(kind, text, self.source.line_of_listing(title), title, caption)

    def _chosen_tab(self, node: Tag) -> Tag:
        labels = [inline(one.children) for one in elements_in(node.find("div", "tabbed-labels"))]
        wanted = (at for at, label in enumerate(labels) if label in self.tabs)
        return elements_in(node.find("div", "tabbed-content"))[next(wanted, 0)]


def _heading(node: Tag) -> str:
    anchors = node.find_all(class_="headerlink", recursive=False)
    return inline(child for child in node.children if child not in anchors)


def _title(named: Tag) -> tuple[str, str]:
    """Return the file that a block's title names, and the words beside it."""
    place = named.find("span", "listing-place")
    own = [child for child in named.children if child is not place]
    return inline(own), inline(place.children) if place else ""
