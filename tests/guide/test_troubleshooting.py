"""Troubleshooting: each entry leads to the section that explains it, and none is missing."""

import ast
import re

import pytest
from markdown.extensions.toc import slugify

from tests.guide.test_guide_places import named_places
from tests.support.troubleshooting import PAGE, Entry, entries
from workbook.paths import ROOT
from workbook.projects.lessons import find_lesson

# The index at the top and the entries tell of these: the steps' pages, and the lesson's.
SECTION = re.compile(r"\]\(((?:0[1-5]-[\w-]+|going-further/robust)\.md#[\w-]+)\)")
# Where a check puts in what it found: the words between these are its own.
VALUES = re.compile(r"…|/ws/status/|\b\d+\b|: |[()]| (?=no change|nothing)")


def words_of_the_checks() -> str:
    """Return every text in the checks' code, the pieces of f-strings too."""
    return "\n".join(
        node.value
        for file in sorted((ROOT / "checks").rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_every_heading_is_an_entry_with_an_anchor_of_its_own() -> None:
    headings = re.findall(r"^## ", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    anchors = {entry.anchor for entry in entries()}
    assert len(headings) == len(entries()) == len(anchors) > 50


def test_every_heading_is_a_literal_text() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [line for line in re.findall(r"^## .*", text, re.MULTILINE) if "`" not in line] == []


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.anchor)
def test_an_entry_names_the_section_that_explains_it(entry: Entry) -> None:
    assert SECTION.search(entry.text)


@pytest.mark.parametrize(
    "entry", [one for one in entries() if one.is_said_by_a_check()], ids=lambda one: one.anchor
)
def test_what_a_check_is_said_to_say_it_says(entry: Entry) -> None:
    said = words_of_the_checks()
    pieces = VALUES.split(entry.heading)
    wanted = [piece.strip(" ,") for piece in pieces if len(piece.strip(" ,")) > 3]
    assert wanted
    assert [piece for piece in wanted if piece not in said] == []


@pytest.mark.parametrize(("step", "section"), named_places())
def test_a_place_that_a_check_names_has_an_entry(step: str, section: str) -> None:
    target = f"{find_lesson(step).page}.md#{slugify(section, '-')}"
    assert target in {found for entry in entries() for found in SECTION.findall(entry.text)}
