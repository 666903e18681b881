"""What is wrong with the fences in the guide's pages, each with page and line.

A formatter knows neither: the build stops at the first failure, and this finds them all.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from docs_ext.assets.captured_output import output_named
from docs_ext.assets.diagrams import figure
from docs_ext.assets.examples import example_named
from docs_ext.assets.patches import patch_named
from docs_ext.listings.address import parse_address
from docs_ext.listings.excerpt import Excerpt, excerpt, has_part
from docs_ext.listings.small_changes import small_changes
from docs_ext.listings.step_diff import changes_of
from docs_ext.listings.versions import files_ahead_of
from docs_ext.markdown_fences import Fence, fences_of
from workbook.errors import WorkbookError
from workbook.projects.patches.stages import stages_of

# What reads the body of a fence, and raises where it names nothing.
READERS = {
    "output": output_named,
    "example": example_named,
    "diagram": figure,
    "patch": patch_named,
}
# The options of fences, and how one is written; SuperFences leaves any other raw in the page.
OPTIONS = {"listing": {"reading", "stage"}, "change": {"stage"}}
OPTION = re.compile(r'(reading|stage)(?:="([a-z0-9-]+)")?(?:\s+|$)')
STEP_LANGUAGES = {
    *("python", "py", "python3", "html", "html+django", "django", "htmldjango", "jinja"),
    *("toml", "ini", "css"),
}


@dataclass(frozen=True)
class Finding:
    """Something wrong in a page, in a sentence."""

    page: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.sentence}"


@dataclass
class Shown:
    """What a page has shown so far: names of parts by file, and files shown whole."""

    parts: dict[str, set[str]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)

    def add(self, found: Excerpt) -> None:
        """Take in a listing."""
        if found.kind == "file":
            self.whole.add(found.address.path)
        else:
            self.parts.setdefault(found.address.path, set()).update(found.names)

    def lacks(self, found: Excerpt) -> str | None:
        """Return the part that a listing goes below, if a reader does not have it yet."""
        path = found.address.path
        if found.place.kind not in ("below", "top") or path in self.whole:
            return None
        before = files_ahead_of(found.address.step, found.address.stage).get(path, "")
        for anchor in found.place.anchors:
            if anchor not in self.parts.get(path, ()) and not has_part(path, before, anchor):
                return anchor
        return None


def audit(docs: Path) -> list[Finding]:
    """Return what is wrong in the Markdown files below `docs`, page by page."""
    return [finding for page in sorted(docs.rglob("*.md")) for finding in audit_page(page, docs)]


def audit_page(page: Path, docs: Path) -> list[Finding]:
    """Return what is wrong in a page; its name is given as from the folder around `docs`."""
    name = page.relative_to(docs.parent).as_posix()
    shown = Shown()
    found: list[Finding] = []
    for fence in fences_of(page):
        try:
            _examine(fence, shown)
        except WorkbookError as problem:
            found.append(Finding(name, fence.line, str(problem)))
    return found


def _examine(fence: Fence, shown: Shown) -> None:
    if not fence.is_closed:
        raise WorkbookError("the fence that opens here is never closed.")
    if fence.language in STEP_LANGUAGES:
        raise WorkbookError(
            f"{fence.language} is typed by hand: keep it in steps/ and name it in a listing."
        )
    if not fence.language:
        raise WorkbookError("the block names no language: “text” is one, “console” another.")
    if fence.language not in {"listing", "change", "lesson-diff", *READERS}:
        return
    options = _options_of(fence)
    if read := READERS.get(fence.language):
        read(fence.body)
    elif fence.language == "lesson-diff":
        shown.whole.update(change.path for change in changes_of(parse_address(fence.body)))
    elif fence.language == "change":
        small_changes(fence.body, options.get("stage", ""))
    else:
        _examine_listing(fence, options, shown)


def _options_of(fence: Fence) -> dict[str, str]:
    found: dict[str, str] = {}
    rest = fence.options
    while match := OPTION.match(rest):
        found[match[1]] = match[2] or ""
        rest = rest[match.end() :]
    known = OPTIONS.get(fence.language, set())
    if rest or not found.keys() <= known or found.get("stage") == "" or found.get("reading"):
        takes = 'It takes stage="NAME".' if "stage" in known else "What it shows stands below."
        raise WorkbookError(f"“{fence.options}” is no option of {fence.language}. {takes}")
    return found


def _examine_listing(fence: Fence, options: dict[str, str], shown: Shown) -> None:
    is_reading = "reading" in options
    found = excerpt(parse_address(fence.body, options.get("stage", "")), is_reading)
    if is_reading:
        return
    if found.place.kind == "unchanged" and stages_of(found.address.step):
        raise WorkbookError(
            f"{found.address} is as the stage before has it. Name the stage in which it is new, or"
            " write “reading” after “listing”."
        )
    anchor = shown.lacks(found)
    shown.add(found)
    if anchor:
        raise WorkbookError(
            f"{found.address} goes {found.place.text.replace('`', '')}, and a reader has no"
            f" {anchor} yet: show that first."
        )
