"""What the HTML files of a site hold: where they lead, what they load, what can be led to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser fetches by itself, by element and attribute.
LOADING = {
    ("img", "src"),
    ("script", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("video", "src"),
    ("audio", "src"),
    ("embed", "src"),
    ("object", "data"),
    ("form", "action"),
    ("use", "href"),
}
LOADING_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "preconnect"}
IN_STYLES = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)["']""")


@dataclass(frozen=True)
class WebPage:
    """One page of a site: its addresses as they are written, its anchors, pictures and text."""

    file: Path
    links: tuple[str, ...]  # what a reader follows
    loads: tuple[str, ...]  # what the browser fetches
    anchors: frozenset[str]
    pictures: tuple[dict[str, str | None], ...]
    prose: str  # the text outside code, scripts and styles


@dataclass
class _Reader(HTMLParser):
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    pictures: list[dict[str, str | None]] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    _unread: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in ("code", "pre", "script", "style"):
            self._unread.append(tag)
        if tag == "img":
            self.pictures.append(found)
        self.anchors.update(found[name] for name in ("id", "name") if found.get(name))
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if tag == "link" and LOADING_LINKS & set((found.get("rel") or "").split()):
            self.loads.append(found["href"] or "")
        self.loads += [value for name, value in attrs if value and (tag, name) in LOADING]
        candidates = (found.get("srcset") or "").split(",")
        self.loads += [one.split()[0] for one in candidates if one.strip()]
        self.loads += addresses_in_styles(found.get("style") or "")

    def handle_endtag(self, tag: str) -> None:
        if self._unread and self._unread[-1] == tag:
            self._unread.pop()

    def handle_data(self, data: str) -> None:
        if "style" in self._unread:
            self.loads += addresses_in_styles(data)
        if not self._unread:
            self.prose.append(data)


def read_page(file: Path) -> WebPage:
    """Read one HTML file."""
    reader = _Reader()
    reader.feed(file.read_text(encoding="utf-8"))
    reader.close()
    return WebPage(
        file,
        tuple(reader.links),
        tuple(reader.loads),
        frozenset(reader.anchors),
        tuple(reader.pictures),
        "".join(reader.prose),
    )


def pages_of(site: Path) -> list[WebPage]:
    """Read every page of a site."""
    return [read_page(file) for file in sorted(site.rglob("*.html"))]


def addresses_in_styles(text: str) -> list[str]:
    """Return what a stylesheet fetches."""
    return [match[1] or match[2] for match in IN_STYLES.finditer(text)]


def is_elsewhere(address: str) -> bool:
    """Whether an address leads out of the site."""
    parts = urlsplit(address)
    return bool(parts.netloc or parts.scheme not in ("", "data"))


def broken(site: Path, pages: list[WebPage]) -> Iterator[str]:
    """Name each address within the site that leads nowhere, as `page: address`."""
    anchors = {page.file.resolve(): page.anchors for page in pages}
    for page in pages:
        for address in (*page.links, *page.loads):
            if not is_elsewhere(address) and not _leads(site, page.file, address, anchors):
                yield f"{page.file.relative_to(site)}: {address}"
    for sheet in sorted(site.rglob("*.css")):
        for address in addresses_in_styles(sheet.read_text(encoding="utf-8")):
            if not is_elsewhere(address) and not _leads(site, sheet, address, anchors):
                yield f"{sheet.relative_to(site)}: {address}"


def _leads(site: Path, file: Path, address: str, anchors: dict[Path, frozenset[str]]) -> bool:
    parts = urlsplit(address)
    if parts.scheme == "data":
        return True
    # The page for an error is shown under any address, so its own begin at the root.
    base = site if parts.path.startswith("/") else file.parent
    target = (base / unquote(parts.path).lstrip("/")).resolve() if parts.path else file.resolve()
    if target.is_dir():
        target /= "index.html"
    if not target.is_file() or not target.is_relative_to(site.resolve()):
        return False
    fragment = unquote(parts.fragment)
    return not fragment or target not in anchors or fragment in anchors[target]
