"""A patch beside its check, such as an exercise's solution, as a fence of a page names it."""

from __future__ import annotations

from workbook.errors import WorkbookError
from workbook.paths import CHECKS, ROOT
from workbook.projects.patches import Patch, load_patch


def patch_named(source: str) -> Patch:
    """Return the patch that a fence's body names.

    Raises WorkbookError where there is no such patch, or nothing in it.
    """
    there = {file.relative_to(ROOT).as_posix(): file for file in sorted(CHECKS.rglob("*.patch"))}
    name = source.strip()
    if name not in there:
        raise WorkbookError(f"“{name}” is no patch beside a check. There are: {', '.join(there)}")
    return load_patch(there[name])
