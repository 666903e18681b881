"""What htmx reads in a page: who asks for more by itself, the bar, and which scripts come along."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from checks.support.visitor import UUID, Answer

# Triggers that fire without a person.
BY_ITSELF = re.compile(r"\b(every|load|revealed|intersect)\b")

Attributes = dict[str, str]


class _Elements(HTMLParser):
    """Collects each element's name and attributes; `data-hx-get` counts as `hx-get`."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, Attributes]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name.removeprefix("data-"): value or "" for name, value in attrs}))


def polled_path(answer: Answer) -> str | None:
    """Return the path, with its query, that the answer asks for by itself; None if for none."""
    for _, attributes in _Elements(answer.text).found:
        address = attributes.get("hx-get")
        if address is not None and BY_ITSELF.search(attributes.get("hx-trigger", "")):
            parts = urlsplit(urljoin(answer.path, address))
            return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return None


def has_trigger(answer: Answer) -> bool:
    """Tell whether any element of the answer sends a request by itself."""
    return any(
        BY_ITSELF.search(attributes.get("hx-trigger", ""))
        for _, attributes in _Elements(answer.text).found
    )


def has_get(answer: Answer) -> bool:
    """Tell whether any element of the answer holds an address to ask, whenever that would be."""
    return any("hx-get" in attributes for _, attributes in _Elements(answer.text).found)


def posted_paths(answer: Answer) -> list[str]:
    """Return the paths that htmx would post to."""
    elements = _Elements(answer.text).found
    addresses = [attributes["hx-post"] for _, attributes in elements if "hx-post" in attributes]
    return [urlsplit(urljoin(answer.path, address)).path for address in addresses]


def scripts(answer: Answer) -> list[str]:
    """Return the addresses of the page's scripts as they stand there."""
    elements = _Elements(answer.text).found
    return [
        attributes["src"] for tag, attributes in elements if tag == "script" if "src" in attributes
    ]


def bar(answer: Answer) -> float | None:
    """Return how full the bar is, 0 to 1; None where there is none, or one without a value."""
    for tag, attributes in _Elements(answer.text).found:
        if tag == "progress":
            value, most = attributes.get("value"), attributes.get("max", "1")
        elif attributes.get("role") == "progressbar":
            value, most = attributes.get("aria-valuenow"), attributes.get("aria-valuemax", "100")
        else:
            continue
        try:
            return float(value or "") / float(most)
        except (ValueError, ZeroDivisionError):
            return None
    return None


def is_whole_page(answer: Answer) -> bool:
    """Tell whether it is a page of its own rather than a piece of one."""
    return bool(re.search(r"<html\b|<body\b|<!doctype", answer.text, re.IGNORECASE))


def own_words(answer: Answer) -> str:
    """Return what a person reads there, without a task's id."""
    return " ".join(UUID.sub("", answer.words).split())


def quoted(text: str, characters: int = 120) -> str:
    """Return the beginning of a text, as one line, between quotation marks."""
    text = " ".join(text.split())
    return f"“{text[:characters].rstrip()}{' …' if len(text) > characters else ''}”"
