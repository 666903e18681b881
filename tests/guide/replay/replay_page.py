"""Following whole pages: from the built HTML to the comparison with the snapshot."""

import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from tests.guide.replay.errors import Mishap
from tests.guide.replay.output.assertions import Proofs
from tests.guide.replay.output.refresh import correct
from tests.guide.replay.page.blocks import Block, Page, read_page
from tests.guide.replay.reader.reader import Reader
from tests.guide.replay.reader.session import Session
from tests.guide.replay.snapshot_diff import differences
from tests.support.commands import run_command
from workbook.paths import ROOT
from workbook.projects.lessons import all_lessons, find_lesson

BUILD_SECONDS = 120
STEPS = ("01", "02", "03", "04", "05")


def page_of(root: Path, label: str) -> Path:
    """Return the Markdown file of a step or a further lesson, which may not be there."""
    steps = sorted((root / "docs").glob(f"{label}-*.md"))
    return steps[0] if steps else root / "docs" / "going-further" / f"{label}.md"


def pages() -> tuple[str, ...]:
    """Return what the pages that can be followed are called by: the steps, and lessons."""
    lessons = (lesson.label for lesson in all_lessons())
    return (*STEPS, *(label for label in lessons if page_of(ROOT, label).is_file()))


def build(root: Path, site: Path) -> Path:
    """Build the guide of the workbook at `root` into the folder `site`, and return that.

    A Mishap says why it can't be built.
    """
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    done = run_command(command, root, timeout=BUILD_SECONDS)
    if done.returncode:
        raise Mishap(f"the guide can't be built:\n{done.stdout}{done.stderr}")
    return site


def follow(
    root: Path,
    label: str,
    tabs: Sequence[str] = (),
    refreshes: bool = False,
    environment: Path | None = None,
    site: Path | None = None,
) -> str | None:
    """Follow the page of a step or lesson in the workbook at `root`; return what is wrong, if any.

    Each sentence begins with the page and the line of its Markdown. One who `refreshes` writes the
    output that was really printed into the page. One with an `environment` of their own works in
    that one; the workbook keeps its own. The page is read in the `site` that was built of these
    very files, or in one that is built for it.
    """
    markdown = page_of(root, label)
    with tempfile.TemporaryDirectory(prefix="workbook-replay-") as temporary:
        home = Path(temporary) / "home"
        home.mkdir()
        try:
            site = site or build(root, Path(temporary) / "site")
        except Mishap as mishap:
            return str(mishap)
        name = markdown.relative_to(root / "docs")
        page = read_page(site / name.with_suffix(".html"), markdown, tabs)
        proofs = Proofs(refreshes)
        with closing(Session(root, home, proofs, environment=environment)) as session:
            wrong = _read(Reader(session), page) or _look_back(session, page, label)
        correct(markdown, proofs.corrections)
        return wrong


def _read(reader: Reader, page: Page) -> str | None:
    began = time.monotonic()
    for block in page.blocks:
        print(f"{time.monotonic() - began:6.1f} {page.name}:{block.line}: {_head(block)}")
        try:
            reader.follow(block)
        except Mishap as mishap:
            # A code block's own lines begin below the line that opens it.
            return f"{page.name}:{block.line + mishap.line}: {mishap}"
    return None


def _look_back(session: Session, page: Page, label: str) -> str | None:
    last = f"{page.name}:{page.blocks[-1].line}"
    if left := [terminal.command for terminal in session.terminals.busy]:
        return f"{last}: the page ends, and leaves running: {', '.join(left)}"
    if session.editor.undoable:
        return f"{last}: the page ends, and a change made on trial was never undone"
    with tempfile.TemporaryDirectory(prefix="workbook-replay-") as temporary:
        finished = _finished(session.root, label, Path(temporary) / "finished")
        found = list(differences(session.root / "work", finished))
    return "\n".join(f"{last}: {one}" for one in found) or None


def _finished(root: Path, label: str, folder: Path) -> Path:
    """Return the folder of the finished project; a lesson's is put into `folder`."""
    for snapshot in (root / "steps").glob(f"{label}-*"):
        return snapshot
    find_lesson(label).copy_to(folder)
    return folder


def _head(block: Block) -> str:
    first = (block.text or " ".join(block.rows[0])).split("\n", 1)[0]
    return f"{block.kind} {block.title} {first[:60]}"
