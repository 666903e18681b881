"""Finds what a page can send, by a form's own attributes or by htmx's."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Form:
    """A form, or an element with `hx-post`: where it sends to, how, and whether with a token."""

    address: str
    method: str
    has_token: bool


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name.removeprefix("data-"): value or "" for name, value in attrs}
        if tag == "form" or "hx-post" in found:
            self.forms.append(found)


def forms_in(html: str) -> list[Form]:
    """Return what a page can send, in the order of the page."""
    reader = _Reader()
    reader.feed(html)
    # Where the token stands is free: a field, a header of hx-headers on any element around.
    has_token = "csrfmiddlewaretoken" in html or "x-csrftoken" in html.lower()
    return [
        Form(
            address=urlsplit(form.get("hx-post") or form.get("action", "")).path,
            method="post" if "hx-post" in form else form.get("method", "get").lower(),
            has_token=has_token,
        )
        for form in reader.forms
    ]
