"""The guide's words: spelt right, marked up right, short, and without words that belittle."""

import re
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import pytest

from tests.support.commands import run_command
from tests.support.prose import paragraphs, sentences
from workbook.paths import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]
SCRIPTS = Path(sysconfig.get_path("scripts"))
MOST_WORDS = 14
BELITTLING = re.compile(r"\b(simply|just|easy|easily|obviously|of course)\b", re.IGNORECASE)


def complaints(tool: str, *arguments: str) -> str:
    """Run a checker of the environment; return what it prints if it finds something."""
    done = run_command([str(SCRIPTS / tool), *arguments], ROOT)
    assert done.returncode in (0, 1, 65), done.stderr
    return done.stdout + done.stderr if done.returncode else ""


def spelling(*paths: str) -> str:
    return complaints("codespell", "--toml", str(ROOT / "pyproject.toml"), *paths)


def markup(*paths: str) -> str:
    return complaints("rumdl", "check", "--config", str(ROOT / "pyproject.toml"), *paths)


def test_every_word_is_spelt_right() -> None:
    assert (
        spelling("docs", "README.md", "steps", "checks", "docs_ext", "workbook", "mkdocs.yml") == ""
    )


def test_a_misspelt_word_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("A mesage that was recieved.\n", encoding="utf-8")
    assert "received" in spelling(str(page))


def test_the_markdown_is_clean() -> None:
    assert markup("docs", "README.md") == ""


@pytest.mark.parametrize(
    "wrong", ["# A\n\n# B\n", "# A\n\n### C\n", "# A\n\n![](x.png)\n", "# A\n\n* x\n- y\n"]
)
def test_bad_markdown_is_found(tmp_path: Path, wrong: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(wrong, encoding="utf-8")
    assert "page.md" in markup(str(page))


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_sentences_are_short(page: Path) -> None:
    lengths = [len(sentence.split()) for sentence in sentences(page)]
    assert median(lengths) <= MOST_WORDS


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_no_word_belittles(page: Path) -> None:
    found = [
        f"line {one.line}: {match[0]}"
        for one in paragraphs(page)
        for match in BELITTLING.finditer(one.text)
    ]
    assert found == []


def parts_of(tmp_path: Path, lines: Sequence[str]) -> list[str]:
    page = tmp_path / "page.md"
    page.write_text("\n".join(lines), encoding="utf-8")
    return sentences(page)


def test_code_headings_tables_and_drawings_are_no_sentences(tmp_path: Path) -> None:
    lines = [
        "# Just a heading",
        "",
        "One *line*",
        "goes on. See [the page](x.md): `just code` here.",
        "",
        "```console",
        "$ just output. And more.",
        "```",
        "| just | a table |",
        '=== "Just a tab"',
        "    - [ ] A goal.",
        "    - Another one",
        "<text>just drawn</text>",
    ]
    assert parts_of(tmp_path, lines) == [
        "One line goes on.",
        "See the page:",
        "CODE here.",
        "A goal.",
        "Another one",
    ]


def test_a_belittling_word_is_found(tmp_path: Path) -> None:
    (sentence,) = parts_of(tmp_path, ["It is just that."])
    assert BELITTLING.search(sentence)
    assert not BELITTLING.search("An adjusted justice.")
