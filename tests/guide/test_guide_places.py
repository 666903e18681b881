"""Every place of the guide that a check names is a heading that the guide has."""

import ast
import re
from pathlib import Path

import pytest

from checks.reporting.guide_links import GUIDE, address_of
from workbook.paths import ROOT
from workbook.projects.lessons import find_lesson

HINT = re.compile(r"(0[1-5]|robust), (.+)")
CHECKS = ROOT / "checks"


def named_places() -> list[tuple[str, str]]:
    """Return each pair of a step and a section that a text in the checks names."""
    found = set()
    for file in sorted(CHECKS.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and (match := HINT.fullmatch(text)):
                found.add((match[1], match[2]))
    return sorted(found)


def test_every_hint_is_written_out() -> None:
    """One that is put together is not among `named_places`, and nobody would look after it."""
    pieced = [
        f"{file.name}:{node.value.lineno}"
        for file in sorted(CHECKS.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.keyword)
        and node.arg == "guide"
        and not isinstance(node.value, ast.Constant | ast.Name | ast.IfExp)
    ]
    assert pieced == []


@pytest.mark.parametrize(("step", "section"), named_places())
def test_a_hint_leads_to_a_section(step: str, section: str) -> None:
    page = ROOT / "docs" / f"{find_lesson(step).page}.md"
    headings = re.findall(
        r"^##+ (.+?)(?: \{.*\})?$", page.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert section in [heading.replace("`", "") for heading in headings]


@pytest.mark.parametrize(("step", "section"), named_places())
def test_a_hint_is_a_link_to_that_section(site: Path, step: str, section: str) -> None:
    page, _, anchor = address_of(f"{step}, {section}").removeprefix(f"{GUIDE}/").partition("#")
    assert f'id="{anchor}"' in (site / page).read_text(encoding="utf-8")
