"""Following whole pages: from the built HTML to the comparison with the snapshot."""

import subprocess
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
from workbook.runtime.process_output import AS_TEXT

BUILD_SECONDS = 120


def build(root: Path, site: Path) -> Path:
    """Build the guide of the workbook at `root` into the folder `site`, and return that.

    A Mishap says why it can't be built.
    """
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)],
        cwd=root,
        capture_output=True,
        **AS_TEXT,
        timeout=BUILD_SECONDS,
        check=False,
    )
    if done.returncode:
        raise Mishap(f"the guide can't be built:\n{done.stdout}{done.stderr}")
    return site


def follow(
    root: Path,
    number: str,
    tabs: Sequence[str] = (),
    refreshes: bool = False,
    environment: Path | None = None,
    site: Path | None = None,
) -> str | None:
    """Follow the page of a step in the workbook at `root`; return what is wrong, None if nothing.

    Each sentence begins with the page and the line of its Markdown. One who `refreshes` writes the
    output that was really printed into the page. One with an `environment` of their own works in
    that one; the workbook keeps its own. The page is read in the `site` that was built of these
    very files, or in one that is built for it.
    """
    markdown = next((root / "docs").glob(f"{number}-*.md"))
    with tempfile.TemporaryDirectory(prefix="workbook-replay-") as temporary:
        home = Path(temporary) / "home"
        home.mkdir()
        try:
            site = site or build(root, Path(temporary) / "site")
        except Mishap as mishap:
            return str(mishap)
        page = read_page(site / f"{markdown.stem}.html", markdown, tabs)
        proofs = Proofs(refreshes)
        with closing(Session(root, home, proofs, environment=environment)) as session:
            wrong = _read(Reader(session), page) or _look_back(session, page, number)
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


def _look_back(session: Session, page: Page, number: str) -> str | None:
    last = f"{page.name}:{page.blocks[-1].line}"
    if left := [terminal.command for terminal in session.terminals.busy]:
        return f"{last}: the page ends, and leaves running: {', '.join(left)}"
    if session.editor.undoable:
        return f"{last}: the page ends, and a change made on trial was never undone"
    snapshot = next((session.root / "steps").glob(f"{number}-*"))
    found = list(differences(session.root / "work", snapshot))
    return "\n".join(f"{last}: {one}" for one in found) or None


def _head(block: Block) -> str:
    first = (block.text or " ".join(block.rows[0])).split("\n", 1)[0]
    return f"{block.kind} {block.title} {first[:60]}"
