"""What the pages of the steps ask of a reader, counted on the built pages.

`python -m tests.guide.weight [SITE]` prints a table, a line a page; without SITE the guide is built
first. Prose is every word of the article outside `pre`, `details` and `svg`; a command is a line
after the prompt `$` or `>>>`. The first look is where `<!-- first look -->` is in the page.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from bs4 import Comment, NavigableString, Tag
from bs4.element import PageElement, PreformattedString

from tests.guide.replay.page.html_tree import classes_of, parse
from tests.guide.replay.replay_page import STEPS, build, page_of
from workbook.paths import ROOT

FIRST_LOOK = "first look"
CHECK = "Check your work"
CODE, FOLDED = ("pre", "svg", "script", "style"), "details"
SHOWN = ("listing", "change")
PROMPTS = ("$ ", ">>> ")


@dataclass(frozen=True)
class Weight:
    """Counts of a page. Those up to the first look are None where the page marks none."""

    prose: int
    until_check: int  # prose above the section “Check your work”
    folded: int  # words in `details`
    commands: int
    words_to_look: int | None = None
    # Listings, folded ones too, and files that are changed, in however many places.
    listings_to_look: int | None = None
    follows_output: bool = False  # the mark is right below something that was printed

    @property
    def total(self) -> int:
        """Prose and commands: what a reader reads and types."""
        return self.prose + self.commands


def weigh(html: str) -> Weight:
    """Return the counts of a built page."""
    article = parse(html).find("article")
    if article is None:
        raise ValueError("the page has no article: is it one of the guide?")
    for anchor in article.find_all("a", class_="headerlink"):
        anchor.decompose()
    nodes = list(article.descendants)
    check = next((at for at, node in enumerate(nodes) if _is_check(node)), len(nodes))
    look = next((at for at, node in enumerate(nodes) if _is_look(node)), None)
    to_look = nodes[: look or 0]
    return Weight(
        prose=_words(nodes, folded=False),
        until_check=_words(nodes[:check], folded=False),
        folded=_words(nodes, folded=True),
        commands=sum(_commands(node) for node in nodes if isinstance(node, Tag)),
        words_to_look=None if look is None else _words(to_look, folded=False),
        listings_to_look=None if look is None else sum(map(_is_shown, to_look)),
        follows_output=look is not None and _is_output(nodes[look].find_previous_sibling()),
    )


def weights(site: Path) -> dict[str, Weight]:
    """Return the counts of the pages 01 to 05 of a built site."""
    docs = ROOT / "docs"
    pages = {label: page_of(ROOT, label).relative_to(docs).with_suffix(".html") for label in STEPS}
    return {label: weigh((site / page).read_text("utf-8")) for label, page in pages.items()}


def _words(nodes: Iterable[PageElement], folded: bool) -> int:
    inside = (text for text in _texts(nodes) if (text.find_parent(FOLDED) is not None) == folded)
    return sum(len(text.split()) for text in inside)


def _texts(nodes: Iterable[PageElement]) -> Iterator[NavigableString]:
    for node in nodes:
        is_text = isinstance(node, NavigableString) and not isinstance(node, PreformattedString)
        if is_text and node.find_parent(CODE) is None:
            yield node


def _commands(node: Tag) -> int:
    if node.name != "pre":
        return 0
    return sum(line.startswith(PROMPTS) for line in node.get_text().splitlines())


def _is_check(node: PageElement) -> bool:
    return isinstance(node, Tag) and node.name == "h2" and node.get_text().strip() == CHECK


def _is_look(node: PageElement) -> bool:
    return isinstance(node, Comment) and node.strip() == FIRST_LOOK


def _is_shown(node: PageElement) -> bool:
    """Tell whether an element is code to type, and not one more place of the file above it."""
    if not isinstance(node, Tag) or {*SHOWN}.isdisjoint(classes_of(node)):
        return False
    above = node.find_previous_sibling("div")
    is_change = "change" in classes_of(node) and above is node.find_previous_sibling()
    return not (is_change and above and above.get("data-path") == node.get("data-path"))


def _is_output(node: Tag | None) -> bool:
    """Tell whether an element shows what was printed, or seen in the browser."""
    if node is None:
        return False
    return any(f"language-{kind}" in classes_of(node) for kind in ("text", "console", "pycon"))


def table(found: dict[str, Weight]) -> str:
    """Return the counts as lines, with their sum below."""
    names = [field.name for field in fields(Weight)]
    rows = [["page", *(name.replace("_", " ") for name in names)]]
    for label, weight in found.items():
        counts = (getattr(weight, name) for name in names)
        rows.append([label, *("-" if count is None else str(count) for count in counts)])
    sums = [sum(getattr(one, name) for one in found.values()) for name in names[:4]]
    rows.append(["all", *map(str, sums)])
    widths = [max(map(len, column)) for column in zip(*rows[:-1], strict=True)]
    lines = (map(str.rjust, row, widths) for row in rows)
    return "\n".join("  ".join(line) for line in lines)


def main(arguments: list[str]) -> int:
    """Print the table of a built site, or of one that is built for it."""
    parser = argparse.ArgumentParser(prog="python -m tests.guide.weight", description=__doc__)
    parser.add_argument("site", nargs="?", type=Path, help="the built guide")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="workbook-weight-") as temporary:
        print(table(weights(options.site or build(ROOT, Path(temporary) / "site"))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
