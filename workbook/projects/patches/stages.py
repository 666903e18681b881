"""The stages of a step: what its page builds before the finished project is there.

The stage `first-view` of step 02 is `checks/step_02/stages/1-first-view.patch`: a patch on the
step's snapshot that takes the project back to where the page is then. The numbers give the order
of the page; the snapshot itself comes after the last of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.projects.patches.patch import apply_patches, chain_files, load_patch
from workbook.projects.steps import Step


@dataclass(frozen=True)
class Stage:
    """A version of a step's project: its name, and the patch on the snapshot that leads to it."""

    step: Step
    name: str
    file: Path

    def copy_to(self, folder: Path) -> None:
        """Put the project as it is at this stage into `folder`, which must not exist yet.

        Raises WorkbookError where the patch does not fit.
        """
        self.step.copy_to(folder)
        apply_patches([load_patch(self.file)], folder)


def stages_of(step: Step) -> tuple[Stage, ...]:
    """Return the stages of a step in the order of its page; none where it has no such folder.

    Raises WorkbookError where two have one name.
    """
    files = chain_files(step.checks / "stages")
    stages = tuple(Stage(step, file.stem.partition("-")[2], file) for file in files)
    names = [stage.name for stage in stages]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise WorkbookError(
            f"Two stages of {step.title} are called {', '.join(twice)}: rename one."
        )
    return stages
