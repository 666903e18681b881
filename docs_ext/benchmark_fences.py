"""Two fences of the guide; mkdocs.yml names these functions. See docs_ext/superfences.py.

`figures` shows a picture or a table made from a recorded run, `rung` what a rung of the ladder
changes.
"""

from benchmarks.guide_figures import drawn
from benchmarks.push.variants import RUNGS, rung_patch
from docs_ext.superfences import loud, patch_boxes
from workbook.errors import WorkbookError
from workbook.projects.patches.patch import Patch


@loud
def figures(source, language, class_name, options, md, **_more) -> str:
    """Show figures of a recorded run, by name: `python -m benchmarks.guide_figures` lists them."""
    name = source.strip()
    # A blank line would end the block for Markdown.
    return f'<div class="{class_name}" data-figures="{name}">{drawn(name)}</div>'


@loud
def rung(source, language, class_name, options, md, **_more) -> str:
    """Show what a rung changes in the one below, file by file."""
    return patch_boxes(rung_named(source), "lesson-diff", language, md)


def rung_named(source: str) -> Patch:
    """Return what a rung changes. Raises WorkbookError for an unknown rung."""
    name = source.strip()
    if name not in RUNGS:
        raise WorkbookError(f"There is no rung “{name}”. There are: {', '.join(RUNGS)}.")
    return rung_patch(name)
