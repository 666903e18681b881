"""Reads HTML as far as the checks need it: elements with places and text, and what can be sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from checks.clients.addresses import resolved
from workbook.passwords import shortened

# They have no end tag.
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"}
VOID |= {"param", "source", "track", "wbr"}
UNREAD = ("script", "style", "template")


@dataclass(eq=False)
class Element:
    """An element of a page or fragment; `parent` is None at the top."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text in it and in its descendants."""
        return " ".join("".join(self.pieces).split())

    @property
    def id(self) -> str:
        """Its id, empty if it has none."""
        return self.attributes.get("id", "")

    def get(self, name: str) -> str | None:
        """Return one of htmx's attributes, by either of its spellings."""
        return self.attributes.get(name, self.attributes.get(f"data-{name}"))

    def lineage(self) -> Iterator[Element]:
        """Yield the element and its ancestors, the innermost first."""
        here: Element | None = self
        while here:
            yield here
            here = here.parent


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.words: list[str] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        parent = self._open[-1] if self._open else None
        element = Element(tag, {name: value or "" for name, value in attributes}, parent)
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        # An end tag without a start tag closes nothing; what was left open inside is closed with
        # it.
        if any(element.tag == tag for element in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.pieces.append(data)
        if not any(element.tag in UNREAD for element in self._open):
            self.words.append(data)


def elements_of(html: str) -> list[Element]:
    """Return all elements of a page or fragment, in its order."""
    return _read(html).elements


def words_of(html: str) -> str:
    """Return what a person reads in it."""
    return " ".join("".join(_read(html).words).split())


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def assets_in(html: str, page: str) -> list[str]:
    """Return the paths of the stylesheets and scripts that a page asks its own server for."""
    elements = elements_of(html)
    named = [
        (one.get("href") or "")
        if one.tag == "link" and "stylesheet" in (one.get("rel") or "").lower().split()
        else (one.get("src") or "")
        if one.tag == "script"
        else ""
        for one in elements
    ]
    paths = [resolved(page, name, base_of(elements)) for name in named if name]
    return [path for path in paths if path.startswith("/")]


def base_of(elements: list[Element]) -> str:
    """Return what the addresses of a page are relative to: its <base>, empty if it has none."""
    named = (one.get("href") for one in elements if one.tag == "base")
    return next(filter(None, named), "")


@dataclass(frozen=True)
class Form:
    """A form, or an element with `hx-post`: where it sends to, how, whether with token and button.

    `address` is a path, or a whole address where it is at another server than the page.
    """

    address: str
    method: str
    has_token: bool
    has_button: bool


def forms_in(html: str, page: str) -> list[Form]:
    """Return what a page, which came from the address `page`, can send, in its order."""

    def posts(element: Element) -> bool:
        return element.get("hx-post") is not None

    # Where the token stands is free: a field, a header of hx-headers on any element around.
    has_token = "csrfmiddlewaretoken" in html or "x-csrftoken" in html.lower()
    # A button may stand outside of its form (form=), and an element with hx-post be one itself.
    elements = elements_of(html)
    base, has_button = base_of(elements), any(map(_sends_a_form, elements))

    def address(element: Element) -> str:
        named = element.get("hx-post") or element.get("action")
        # What names no address is sent to the page itself, whatever its base.
        return resolved(page, named or page, base).partition("?")[0]

    return [
        Form(
            address=address(one),
            method="post" if posts(one) else (one.get("method") or "get").lower(),
            has_token=has_token,
            has_button=has_button or one.tag != "form",
        )
        for one in elements
        if one.tag == "form" or posts(one)
    ]


def _sends_a_form(element: Element) -> bool:
    """Tell whether a visitor can send a form with it."""
    kind = (element.get("type") or "").lower()
    return element.tag == "button" or (element.tag == "input" and kind in ("submit", "image"))


def shown(fragment: str) -> str:
    """Return a fragment's beginning, in one line; say so where there is nothing in it."""
    return shortened(" ".join(fragment.split()), 120, " …") or "an empty message"
