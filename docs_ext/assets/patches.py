"""A patch beside its check or page, such as an exercise's solution, as a page's fence names it."""

from workbook.errors import WorkbookError
from workbook.paths import CHECKS, ROOT
from workbook.projects.patches.patch import Patch, load_patch

# What "Going further" changes in a finished project, where no check judges it.
GOING_FURTHER = ROOT / "docs" / "going-further" / "patches"


def patch_named(source: str) -> Patch:
    """Return the patch that a fence's body names.

    Raises WorkbookError where there is no such patch, or nothing in it.
    """
    files = [file for folder in (CHECKS, GOING_FURTHER) for file in sorted(folder.rglob("*.patch"))]
    there = {file.relative_to(ROOT).as_posix(): file for file in files}
    name = source.strip()
    if name not in there:
        raise WorkbookError(f"“{name}” is no patch beside a check. There are: {', '.join(there)}")
    return load_patch(there[name])
