"""Material for MkDocs ends in May 2027; Zensical, its successor, builds the same guide."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from tests.support.commands import run_command
from tests.support.guides import boxes_in
from tests.support.site_links import broken, read_page
from workbook.paths import ROOT

pytestmark = pytest.mark.long

LEFT_OUT = (
    *(".git", ".venv", ".workbook", ".*_cache", "__pycache__", "*.sqlite3*"),
    *("site", "work", "work.*"),
)


@pytest.fixture(scope="module")
def successor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a copy of the guide with Zensical; return the folder of the site."""
    folder = tmp_path_factory.mktemp("zensical") / "guide"
    ignore = shutil.ignore_patterns(*LEFT_OUT)
    shutil.copytree(ROOT, folder, ignore=ignore)
    built = run_command(
        [sys.executable, "-m", "zensical", "build", "--strict"],
        folder,
        os.environ | {"PYTHONUTF8": "1"},
        timeout=180,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "site"


def test_the_same_pages_come_out(site: Path, successor: Path) -> None:
    assert names(site)
    assert names(successor) == names(site)


def names(folder: Path) -> set[str]:
    """Return the guide's pages: not the theme's own 404, nor templates shown in a page.

    Zensical knows no `exclude_docs`, and copies those examples beside the pages.
    """
    found = {page.relative_to(folder) for page in folder.rglob("*.html")}
    return {page.as_posix() for page in found if "examples" not in page.parts} - {"404.html"}


def test_every_page_has_the_same_listings_diffs_and_outputs(site: Path, successor: Path) -> None:
    require_same(boxes_in, site, successor)


def test_every_goal_names_the_same_checks(site: Path, successor: Path) -> None:
    require_same(re.compile(r'data-checks="([^"]+)"').findall, site, successor)


def test_no_page_has_the_live_panel(site: Path, successor: Path) -> None:
    for page in [folder / name for folder in (site, successor) for name in names(site)]:
        assert "/-/live" not in page.read_text(encoding="utf-8"), page


def test_every_page_has_the_same_words_explained(site: Path, successor: Path) -> None:
    require_same(explained, site, successor)


def require_same(find: Callable[[str], Collection], site: Path, successor: Path) -> None:
    """Let `find` find the same in the text of each page, and something in one of them."""
    wanted, found = (
        {name: find((folder / name).read_text(encoding="utf-8")) for name in names(site)}
        for folder in (site, successor)
    )
    assert any(wanted.values())
    assert found == wanted


def explained(text: str) -> set[str]:
    """Return the words with a tooltip, as elements with their attributes in order."""
    elements = re.findall(r"<abbr (.*?)>(.*?)</abbr>", text)
    return {" ".join([*sorted(re.findall(r'\w+="[^"]*"', head)), word]) for head, word in elements}


def test_every_link_leads_somewhere(successor: Path) -> None:
    pages = [read_page(successor / name) for name in names(successor)]
    assert sum(len(page.links) for page in pages) > 100
    assert list(broken(successor, pages)) == []
