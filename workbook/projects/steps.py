"""The five snapshots below `steps/`, and how a person may name one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.paths import STEPS


@dataclass(frozen=True)
class Step:
    """One snapshot: its number (1 to 5), its folder's name, and where it lies."""

    number: int
    name: str
    folder: Path

    @property
    def label(self) -> str:
        """The two digits that pages, checks and verbs call it by, such as `03`."""
        return f"{self.number:02d}"


def all_steps(folder: Path = STEPS) -> list[Step]:
    """Return the snapshots in order."""
    found = (re.fullmatch(r"(\d\d)-[a-z0-9-]+", path.name) for path in sorted(folder.iterdir()))
    return [Step(int(match[1]), match[0], folder / match[0]) for match in found if match]


def find_step(text: str) -> Step:
    """Return the step that `text` names: `3`, `03`, `step_03` or `03-poll-task-status`.

    Raises WorkbookError, naming the steps there are, for anything else.
    """
    steps = all_steps()
    wanted = text.strip().rstrip("/").rpartition("/")[2].removeprefix("step_")
    for step in steps:
        if wanted == step.name or (wanted.isdecimal() and int(wanted) == step.number):
            return step
    names = "\n".join(f"  {step.label}  {step.name}" for step in steps)
    raise WorkbookError(f"There is no step “{text}”. These are the steps:\n{names}")
