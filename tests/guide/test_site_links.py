"""The built site, read as files: everything it names is there, and it names nothing outside."""

import re
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from mkdocs.config import load_config

from tests.support.guides import custom_fences
from tests.support.site_links import WebPage, broken, is_elsewhere, pages_of, read_page
from workbook.paths import ROOT

THIS_MACHINE = {"localhost", "127.0.0.1"}
# Markup that a page's author wrote and no extension took: it would stand in the page as text.
RAW = (
    r"--8<--",
    r"\{%",
    r"\{\{",
    r"```",
    r"~~~",
    r"^\s*(?:!!!|\?\?\?\+?|===) ",
    r"\]\([^)\s]+\)",
    r"\]\[[^\]]*\]",
    r"\{:? ?[.#][\w-]",
    r"\[[ x]\] ",
    r"\*\*",
    r"^\s*#{1,6} ",
    r"wzxhzdk|klzzwxh",
)


@pytest.fixture(scope="module")
def pages(site: Path) -> list[WebPage]:
    """Read the pages of the guide's site."""
    return pages_of(site)


def raw_markup(page: WebPage) -> list[str]:
    return [match[0] for raw in RAW for match in re.finditer(raw, page.prose, re.MULTILINE)]


def test_all_addresses_lead_somewhere(site: Path, pages: list[WebPage]) -> None:
    assert list(broken(site, pages)) == []


def test_a_section_keeps_the_address_that_it_once_had(site: Path) -> None:
    """Somebody may have written it down: where a section went, its page still has the anchor."""
    former = (Path(__file__).parent / "former_addresses.txt").read_text(encoding="utf-8").split()
    assert former
    lost = [
        address
        for address in former
        for page, _, anchor in [address.partition("#")]
        if f' id="{anchor}"' not in (site / page).read_text(encoding="utf-8")
    ]
    assert lost == []


def test_a_page_loads_nothing_from_elsewhere(pages: list[WebPage]) -> None:
    loads = [(page.file.name, load) for page in pages for load in page.loads]
    assert loads
    assert [load for load in loads if is_elsewhere(load[1])] == []


def test_links_out_are_https_or_local(pages: list[WebPage]) -> None:
    links = {link for page in pages for link in page.links if is_elsewhere(link)}
    assert links
    assert [
        link
        for link in sorted(links)
        if urlsplit(link).scheme != "https" and urlsplit(link).hostname not in THIS_MACHINE
    ] == []


def test_no_markup_is_left_raw(pages: list[WebPage]) -> None:
    assert {page.file.name: raw_markup(page) for page in pages if raw_markup(page)} == {}


def test_every_fence_was_rendered(site: Path) -> None:
    """SuperFences leaves a fence whose language nobody knows as a block of that language."""
    custom = {fence["name"] for fence in custom_fences()}
    assert "listing" in custom
    for page in site.rglob("*.html"):
        languages = set(re.findall(r'class="language-(\S+)', page.read_text(encoding="utf-8")))
        assert languages & custom == set(), page.name


def test_every_page_of_the_guide_is_in_the_site(site: Path) -> None:
    drafts = {"includes", "output", "examples"}
    written = {
        page.relative_to(ROOT / "docs").with_suffix(".html")
        for page in (ROOT / "docs").rglob("*.md")
        if not drafts & set(page.relative_to(ROOT / "docs").parts)
    }
    assert written
    assert written == {page.relative_to(site) for page in site.rglob("*.html")} - {Path("404.html")}


def test_every_picture_says_what_it_shows(pages: list[WebPage]) -> None:
    pictures = [picture for page in pages for picture in page.pictures]
    assert pictures
    assert [picture["src"] for picture in pictures if not (picture.get("alt") or "").strip()] == []


def test_every_drawing_says_what_it_shows(site: Path) -> None:
    """A drawing is an `svg` with a role; the theme's icons have none."""
    for page in site.rglob("*.html"):
        for drawing in re.findall(r"<svg[^>]*\bdiagram\b.*?</svg>", page.read_text("utf-8"), re.S):
            (name,) = re.findall(r'^<svg[^>]*role="img"[^>]*aria-labelledby="([^"]+)"', drawing)
            assert re.search(rf'<title id="{name}">\s*\S', drawing), page.name


def test_mkdocs_warns_of_whatever_it_can_and_a_warning_stops_the_build() -> None:
    settings = load_config(str(ROOT / "mkdocs.yml"))
    assert settings.strict
    levels = {
        f"{part}.{name}": level
        for part in ("nav", "links")
        for name, level in settings.validation[part].items()
    }
    assert len(levels) >= 7
    # 30 is the logging module's number for a warning.
    assert {name: level for name, level in levels.items() if level != 30} == {}


WRONG = {
    "a link to no page": '<a href="nowhere.html">x</a>',
    "a link to no heading": '<a href="#nowhere">x</a>',
    "a link to another page's missing heading": '<a href="other.html#nowhere">x</a>',
    "a picture that is not there": '<img src="img/nowhere.png">',
    "one picture of a set": '<img src="other.html" srcset="other.html 1x, img/nowhere.png 2x">',
    "a stylesheet": '<link rel="stylesheet" href="nowhere.css">',
    "a style's background": '<style>p { background: url("nowhere.png") }</style>',
    "a page outside the site": '<a href="../outside.html">x</a>',
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_leads_nowhere_is_found(tmp_path: Path, wrong: str) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (tmp_path / "outside.html").write_text("x", encoding="utf-8")
    (folder / "other.html").write_text('<p id="here">x</p>', encoding="utf-8")
    page = folder / "index.html"
    page.write_text('<a href="other.html#here">x</a>', encoding="utf-8")
    assert list(broken(folder, pages_of(folder))) == []
    page.write_text(wrong, encoding="utf-8")
    assert len(list(broken(folder, pages_of(folder)))) == 1


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        '<p style="background: url(http://cdn.example/x.png)">x</p>',
    ],
)
def test_what_is_loaded_from_elsewhere_is_found(tmp_path: Path, markup: str) -> None:
    page = tmp_path / "index.html"
    page.write_text(markup, encoding="utf-8")
    assert [is_elsewhere(load) for load in read_page(page).loads] == [True]


@pytest.mark.parametrize(
    "text",
    [
        '--8<-- "terms.md"',
        '{% include "x.html" %}',
        "```listing",
        '!!! note "A title"',
        '=== "Linux"',
        "see [there](there.md)",
        "see [there][there]",
        "a heading { #its-id }",
        "[ ] a goal",
        "**bold",
        "## a heading",
    ],
)
def test_markup_that_was_left_raw_is_found(tmp_path: Path, text: str) -> None:
    page = tmp_path / "index.html"
    page.write_text(f"<p>Before.\n{escape(text)}</p>", encoding="utf-8")
    assert raw_markup(read_page(page))
    page.write_text(f"<p>Before.\n<code>{escape(text)}</code></p>", encoding="utf-8")
    assert raw_markup(read_page(page)) == []
