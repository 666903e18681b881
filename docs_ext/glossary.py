"""Tooltips for the words of the field; mkdocs.yml names this module among its extensions.

docs/glossary.md is their one source: each row whose word is marked `.tip` explains that word where
a page uses it first, in a paragraph or a list. A whole page of dotted words would be hard to read.
"""

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from workbook.paths import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"
ROW = re.compile(
    r"^\| \*\*(?P<word>[^*]+)\*\*\{[^}]*\.tip\b[^}]*\} \| (?P<meaning>.+?) \|", re.MULTILINE
)
MARKS = re.compile(r"[`*]|\[|\]\([^)]*\)")
PROSE = {"p", "li"}
# Headings become entries of the contents, and a link has a purpose of its own.
SKIPPED = {"a", "code", "pre", "table", "h1", "h2", "h3", "h4", "summary", "label"}
SKIPPED_CLASSES = {"task-list-item", "admonition-title"}


def terms_of(glossary: str) -> dict[str, str]:
    """Return each marked word of the glossary's text, in lower case, with its plain meaning."""
    rows = ROW.finditer(glossary)
    return {row["word"].lower(): MARKS.sub("", row["meaning"]) for row in rows}


class FirstUses(Treeprocessor):
    """Wraps the first use of each term on a page in an `abbr` with its meaning."""

    def __init__(self, md: Markdown, terms: dict[str, str]) -> None:
        super().__init__(md)
        self._terms = terms
        self._unseen: dict[str, str] = {}

    def run(self, root: Element) -> None:
        """Mark the terms of one page, in the order of reading."""
        self._unseen = dict(self._terms)
        self._visit(root, is_prose=False)

    def _visit(self, parent: Element, is_prose: bool) -> None:
        children = list(parent)
        if is_prose:
            parent.text = self._marked(parent.text, parent, 0)
        for child in children:
            if child.tag == "strong":
                self._forget(child)
            elif not _is_skipped(child):
                self._visit(child, is_prose or child.tag in PROSE)
            if is_prose:
                child.tail = self._marked(child.tail, parent, list(parent).index(child) + 1)

    def _marked(self, text: str | None, parent: Element, at: int) -> str | None:
        """Insert `text`'s terms into `parent` from its child `at` on; return what comes first."""
        if not text or not self._unseen or isinstance(text, AtomicString):
            return text
        found = self._pattern().search(text)
        if found is None:
            return text
        term = Element("abbr", {"title": self._unseen.pop(found[1].lower()), "tabindex": "0"})
        term.text = AtomicString(found[0])
        parent.insert(at, term)
        term.tail = self._marked(text[found.end() :], parent, at + 1)
        return text[: found.start()]

    def _forget(self, definition: Element) -> None:
        """Leave a bold text's terms alone from here on: the page defines them itself."""
        if self._unseen:
            for found in self._pattern().findall("".join(definition.itertext())):
                self._unseen.pop(found.lower(), None)

    def _pattern(self) -> re.Pattern[str]:
        # “worker pool” is not a worker.
        words = sorted(self._unseen, key=len, reverse=True)
        return re.compile(rf"\b({'|'.join(map(re.escape, words))})s?\b", re.IGNORECASE)


def _is_skipped(element: Element) -> bool:
    classes = set(element.get("class", "").split())
    return element.tag in SKIPPED or bool(classes & SKIPPED_CLASSES)


class Terms(Extension):
    """Reads the glossary again for each page, so that `guide` shows its changes."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Mark terms once links and code are elements: after the inline patterns and attr_list."""
        terms = terms_of(GLOSSARY.read_text(encoding="utf-8"))
        md.treeprocessors.register(FirstUses(md, terms), "terms", 7)


def makeExtension(**settings: object) -> Terms:
    """Return the extension, as Markdown asks for it."""
    return Terms(**settings)
