"""A guide of a test's own: its pages and steps, rendered alone or built as a site."""

import html
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown import Markdown
from pymdownx.superfences import SuperFencesException

from docs_ext.audit import audit
from docs_ext.listings import address, baseline
from tests.support.commands import run_command
from tests.support.text_files import write_files
from workbook.paths import ROOT
from workbook.projects import steps
from workbook.projects.steps import all_steps


@dataclass(frozen=True)
class Box:
    """A listing in rendered HTML: its data attributes, title, exact code, and marked lines."""

    data: dict[str, str]
    title: str
    code: str
    new: list[str]
    language: str


@cache
def custom_fences() -> list[dict[str, Any]]:
    """Return the guide's own fences as mkdocs.yml has them, each with its functions."""
    settings = yaml.unsafe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    extensions = [one for one in settings["markdown_extensions"] if isinstance(one, dict)]
    options = {name: own for one in extensions for name, own in one.items()}
    return options["pymdownx.superfences"]["custom_fences"]


def rendered(body: str, fence: str = "listing") -> str:
    """Return the HTML of one fence with that body."""
    markdown = Markdown(
        extensions=["attr_list", "pymdownx.highlight", "pymdownx.superfences"],
        extension_configs={
            "pymdownx.highlight": {"pygments_lang_class": True},
            "pymdownx.superfences": {"custom_fences": custom_fences()},
        },
    )
    return markdown.convert(f"```{fence}\n{body}\n```")


def complaint(body: str, fence: str = "listing") -> str:
    """Return the sentence by which a fence with that body stops the build."""
    with pytest.raises(SuperFencesException) as stopped:
        rendered(body, fence)
    return str(stopped.value)


def findings(folder: Path, text: str) -> list[str]:
    """Return what the audit says of a page that begins with two lines of its own."""
    write_files(folder, {"docs/x.md": f"# X\n\n{text}"})
    return [str(finding) for finding in audit(folder / "docs")]


def boxes_in(page: str) -> list[Box]:
    """Return the boxes of the custom fences in rendered HTML, in order."""
    kinds = "listing|change|lesson-diff|output|example|patch"
    pattern = rf'<div class="(?:{kinds})[^"]*"(.*?)>(.*?)</div></div>'
    return [_box(*match) for match in re.findall(pattern, page, re.DOTALL)]


def box(body: str, fence: str = "listing") -> Box:
    """Return the one box that a fence renders to."""
    (only,) = boxes_in(rendered(body, fence))
    return only


def _box(attributes: str, inner: str) -> Box:
    pairs = re.findall(r'data-(\S+)="(.*?)"', attributes)
    data = {name: html.unescape(value) for name, value in pairs}
    title = re.search(r'<span class="filename">(.*)</span><pre>', inner)
    code = re.search(r"<pre>.*?<code>(.*)</code>", inner, re.DOTALL)
    marked = re.findall(r'<span class="hll">(.*?)\n</span>', code[1], re.DOTALL)
    language = re.search(r'class="language-(\S+) highlight"', inner)
    new = [_text(line) for line in marked]
    return Box(data, _text(title[1]) if title else "", _text(code[1]), new, language[1])


def _text(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


@contextmanager
def own_steps(folder: Path, files: dict[str, str]) -> Iterator[None]:
    """Let the fences see the steps below `folder` alone, with these files in them."""
    write_files(folder, files)
    with pytest.MonkeyPatch.context() as patch:
        for module in (address, baseline):
            patch.setattr(module, "all_steps", lambda: all_steps(folder))
        # Their stages are beside them: `checks/step_NN/stages/`.
        patch.setattr(steps, "CHECKS", folder / "checks")
        yield


def build(folder: Path, pages: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Build, strictly, a site of these pages below docs/ with the real steps and settings."""
    ignore = shutil.ignore_patterns("__pycache__", "*.sqlite3*")
    for name in ("workbook", "docs_ext", "steps", "benchmarks"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    shutil.copy(ROOT / ".gitignore", folder)
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    # The guide's own pages are not in this site.
    settings = re.sub(r"^nav:\n(?:[ #].*\n)+", "", settings, flags=re.MULTILINE)
    own = {"mkdocs.yml": settings, "docs/glossary.md": "# Glossary\n"} | pages
    write_files(folder, own)
    return run_command(
        [sys.executable, "-m", "mkdocs", "build", "--strict"],
        folder,
        os.environ | {"PYTHONUTF8": "1"},
    )
