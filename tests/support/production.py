"""A finished project with the settings that the page *Deploying* adds."""

import shutil
from pathlib import Path

from docs_ext.assets.patches import GOING_FURTHER
from tests.support.workbook_copy import SmallWorkbook, make_small_workbook
from workbook.projects.lessons import find_lesson
from workbook.projects.patches.patch import apply_patches, load_patch

SETTINGS_PATCH = GOING_FURTHER / "settings-from-the-environment.patch"


def patched_project(folder: Path, step: str) -> Path:
    """Put a step or lesson into `folder`, with those settings; return it."""
    find_lesson(step).copy_to(folder)
    apply_patches([load_patch(SETTINGS_PATCH)], folder)
    return folder


def patched_workbook(folder: Path, step: str) -> SmallWorkbook:
    """Make a workbook in `folder` whose only step, 01, is that project."""
    small = make_small_workbook(folder / "workbook")
    shutil.rmtree(small.root / "steps")
    (small.root / "steps").mkdir()
    patched_project(small.root / "steps" / f"01-{step}", step)
    return small
