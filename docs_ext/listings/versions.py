"""The states that a project's files go through on a page, as texts: its stages, its snapshot.

On the page of a step these are its stages and then the snapshot; each is compared with the one
before it, and the first with what is on the learner's disk when the page begins. They are read
once: each build of the site is a process of its own.
"""

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from docs_ext.listings.baseline import files_before, files_of
from workbook.errors import WorkbookError
from workbook.projects.patches.stages import stages_of
from workbook.projects.steps import Step


@cache
def files_at(step: Step, stage: str = "") -> dict[str, str]:
    """Return the texts of a step's files at a stage, without one those of the snapshot."""
    if not stage:
        return files_of(step.folder)
    found = stages_of(step)
    return files_copied(found[_index(step, stage)].copy_to)


def files_ahead_of(step: Step, stage: str = "") -> dict[str, str]:
    """Return the texts that a learner has when a stage begins, without one the snapshot."""
    found = stages_of(step)
    at = _index(step, stage) if stage else len(found)
    return files_at(step, found[at - 1].name) if at else files_before(step)


def files_copied(copy_to: Callable[[Path], None]) -> dict[str, str]:
    """Return the texts of a project that `copy_to` puts into a folder."""
    with tempfile.TemporaryDirectory(prefix="workbook-guide-") as temporary:
        folder = Path(temporary) / "project"
        copy_to(folder)
        return files_of(folder)


def _index(step: Step, stage: str) -> int:
    names = [one.name for one in stages_of(step)]
    if stage not in names:
        there = f"It has: {', '.join(names)}" if names else "It has none."
        raise WorkbookError(f"steps/{step.name} has no stage “{stage}”. {there}")
    return names.index(stage)
