"""What a fence names: a step, a file of it, and parts of that file."""

import re
from dataclasses import dataclass

from workbook.errors import WorkbookError
from workbook.projects.steps import Step, all_steps

EXAMPLE = "steps/02-create-and-execute-tasks/status/tasks.py::send_status"


@dataclass(frozen=True)
class Address:
    """A step, the path below its folder ("" for the whole step), and the names of parts.

    `stage` is the version of the step that is meant, "" for the snapshot.
    """

    step: Step
    path: str
    names: tuple[str, ...] = ()
    stage: str = ""

    def __str__(self) -> str:
        whole = f"steps/{self.step.name}/{self.path}".rstrip("/")
        named = f"{whole}::{', '.join(self.names)}" if self.names else whole
        return f"{named} at the stage {self.stage}" if self.stage else named


def parse_address(source: str, stage: str = "") -> Address:
    """Return what a fence's body names: `steps/STEP/PATH`, then perhaps `::NAME, NAME`.

    Names may go on in lines that begin with `::`; `stage` is the fence's own option. Raises
    WorkbookError where the body says anything else, or names a step that is not there.
    """
    first, *more = [line.strip() for line in source.splitlines() if line.strip()] or [""]
    place, _, names = first.partition("::")
    match = re.fullmatch(r"steps/([^/\s]+)(?:/(\S+))?/?", place.strip())
    if match is None:
        raise WorkbookError(f"“{first}” names nothing of steps/. Write it like {EXAMPLE}")
    for line in more:
        if not line.startswith("::"):
            raise WorkbookError(
                f"“{line}” is one line too many: a fence names one file."
                " Give it a fence of its own; further names of the same file begin with “::”."
            )
        names += "," + line.removeprefix("::")
    found = tuple(name.strip() for name in names.split(",") if name.strip())
    if "::" in first and not found:
        raise WorkbookError(f"“{first}” names no part after “::”. Write it like {EXAMPLE}")
    return Address(step_of_folder(match[1]), match[2] or "", found, stage)


def step_of_folder(name: str) -> Step:
    """Return the step whose folder has that name; WorkbookError names those there are."""
    steps = all_steps()
    for step in steps:
        if step.name == name:
            return step
    raise WorkbookError(
        f"steps/{name} is not there. These are: {', '.join(step.name for step in steps)}"
    )
