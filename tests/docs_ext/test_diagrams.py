"""The diagrams of docs/diagrams/: in the page's colours, said in words, and within their frame."""

import re
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser

from docs_ext.assets.diagrams import DIAGRAMS
from tests.support.guides import complaint, rendered
from tests.support.skip_markers import CHROMIUM
from workbook.browser import browser, find_chromium
from workbook.paths import ROOT

NAMES = sorted(path.stem for path in DIAGRAMS.glob("*.svg"))
STYLES = ROOT / "docs" / "css" / "diagrams.css"
# Texts that leave the drawing, or the box that they stand in; by name, in the drawing's own units.
OUTSIDE = """svg => {
    const frame = svg.viewBox.baseVal;
    const fits = (inner, outer) => inner.x >= outer.x && inner.y >= outer.y
        && inner.x + inner.width <= outer.x + outer.width
        && inner.y + inner.height <= outer.y + outer.height;
    return [...svg.querySelectorAll("text")].filter(text => {
        const rect = text.parentNode.querySelector(":scope > rect");
        const within = text.parentNode === svg ? frame : rect.getBBox();
        return !fits(text.getBBox(), within);
    }).map(text => text.textContent);
}"""


def text_of(name: str) -> str:
    return (DIAGRAMS / f"{name}.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_diagram_names_no_colour_and_no_font(name: str):
    colours = r"#[0-9a-fA-F]{3,8}\b|rgb\(|\b(?:fill|stroke|style|font\S*)="
    assert re.findall(colours, text_of(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_diagram_says_in_its_title_what_it_shows(name: str):
    # HTML needs no name space, so the files have none.
    drawing = ElementTree.fromstring(text_of(name))
    title = drawing.find("title")
    assert drawing.get("role") == "img"
    assert drawing.get("aria-labelledby") == title.get("id")
    assert len(title.text.split()) >= 15


def test_no_two_diagrams_share_an_id_so_that_one_page_may_hold_them_all():
    ids = [found for name in NAMES for found in re.findall(r'\bid="(.*?)"', text_of(name))]
    assert len(ids) == len(set(ids))
    for name in NAMES:
        assert set(re.findall(r"url\(#(.*?)\)", text_of(name))) == {f"tip-{name}"}


def test_a_fence_puts_the_drawings_beside_each_other_above_the_words():
    page = rendered("poll push\nFirst: it asks.\nSecond: it is <told>.", "diagram")
    assert page.index("poll-title") < page.index("push-title") < page.index("<figcaption>")
    assert "<figcaption>First: it asks. Second: it is &lt;told&gt;.</figcaption>" in page


def test_a_diagram_without_words_stops_the_build():
    assert "“poll” has no words" in complaint("poll", "diagram")


def test_a_diagram_that_is_not_there_stops_the_build_and_names_those_there_are():
    told = complaint("nothing\nWords.", "diagram")
    assert re.search(r"nothing\.svg is not there.*fan-out, .*push", told)


@CHROMIUM
def test_every_text_stands_within_its_box_and_its_drawing():
    with browser(find_chromium()) as chromium:
        assert {name: outside(chromium, name) for name in NAMES} == {name: [] for name in NAMES}


def outside(chromium: Browser, name: str) -> list[str]:
    """Return the texts of a diagram that leave their place."""
    with chromium.new_context() as context:
        page = context.new_page()
        page.set_content(f"<style>{STYLES.read_text(encoding='utf-8')}</style>{text_of(name)}")
        return page.locator("svg").evaluate(OUTSIDE)
