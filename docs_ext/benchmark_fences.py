"""Two fences of the guide; mkdocs.yml names these functions. See docs_ext/superfences.py.

`figures` shows a picture or a table made from a recorded run, `rung` what a rung of the ladder
changes.
"""

from __future__ import annotations

import re

from benchmarks.guide_figures import drawn
from benchmarks.push.variants import LADDER, RUNGS
from docs_ext.superfences import boxed, highlighted, loud, titled
from workbook.errors import WorkbookError

FILE_HEAD = re.compile(r"^diff --git a/(\S+) .*\n(?:(?:new file|---|\+\+\+) .*\n)*", re.MULTILINE)


@loud
def figures(source, language, class_name, options, md, **_more) -> str:
    """Show figures of a recorded run, by name: `python -m benchmarks.guide_figures` lists them."""
    name = source.strip()
    # A blank line would end the block for Markdown.
    return f'<div class="{class_name}" data-figures="{name}">{drawn(name)}</div>'


@loud
def rung(source, language, class_name, options, md, **_more) -> str:
    """Show what a rung changes in the one below, file by file."""
    boxes = [
        boxed(
            "lesson-diff no-copy",
            {"kind": "rung", "path": path},
            highlighted(md, text, "diff", titled(path, ""), []),
        )
        for path, text in changes(source.strip())
    ]
    return "\n".join(boxes)


def changes(name: str) -> list[tuple[str, str]]:
    """Return what the rung `name` changes: paths, and hunks as text.

    Raises WorkbookError for a rung that is none.
    """
    if name not in RUNGS:
        raise WorkbookError(f"There is no rung “{name}”. There are: {', '.join(RUNGS)}.")
    text = (LADDER / f"{name}.diff").read_text(encoding="utf-8")
    paths = [head[1] for head in FILE_HEAD.finditer(text)]
    bodies = FILE_HEAD.split(text)[2::2]
    return [(path, body.rstrip("\n")) for path, body in zip(paths, bodies, strict=True)]
