"""What the HTML files of a site hold: where they lead, what they load, what can be led to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

# What a browser fetches by itself, by attribute and element.
LOADING = {
    "src": {"img", "script", "iframe", "source", "video", "audio", "embed"},
    "data": {"object"},
    "action": {"form"},
    "href": {"use"},
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


def read_page(file: Path) -> WebPage:
    """Read one HTML file."""
    page = BeautifulSoup(
        file.read_text(encoding="utf-8"), "html.parser", multi_valued_attributes=None
    )
    elements = page.find_all(True)
    links = [one["href"] for one in page.find_all("a", href=True) if one["href"]]
    anchors = {one[name] for one in elements for name in ("id", "name") if one.get(name)}
    pictures = [dict(one.attrs) for one in page.find_all("img")]
    loads = [address for one in elements for address in _loaded_by(one)]
    for unread in page.find_all(["code", "pre", "script", "style"]):
        unread.decompose()
    return WebPage(
        file, tuple(links), tuple(loads), frozenset(anchors), tuple(pictures), page.get_text()
    )


def _loaded_by(element: Tag) -> Iterator[str]:
    """Yield the addresses that a browser fetches for one element."""
    if element.name == "link" and LOADING_LINKS & set(element.get("rel", "").split()):
        yield element.get("href", "")
    for name, value in element.attrs.items():
        if value and element.name in LOADING.get(name, ()):
            yield value
    candidates = element.get("srcset", "").split(",")
    yield from (one.split()[0] for one in candidates if one.strip())
    yield from addresses_in_styles(element.get("style", ""))
    if element.name == "style":
        yield from addresses_in_styles(element.string or "")


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
