"""The five snapshots below `steps/`, and how a person may name one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.paths import CHECKS, STEPS
from workbook.projects.copying import copy_project


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

    @property
    def title(self) -> str:
        """What a sentence calls it."""
        return f"step {self.label}"

    @property
    def place(self) -> str:
        """Where the finished project comes from, as a person calls it."""
        return f"steps/{self.name}"

    @property
    def page(self) -> str:
        """The page below `docs/`, without its ending."""
        return self.name

    @property
    def checks(self) -> Path:
        """The folder of its checks."""
        return CHECKS / f"step_{self.label}"

    @property
    def base(self) -> Step | None:
        """The step before, which it begins with; None before the first."""
        return next((other for other in all_steps() if other.number == self.number - 1), None)

    def copy_to(self, folder: Path) -> None:
        """Put the finished project into `folder`, which must not exist yet."""
        copy_project(self.folder, folder)


def all_steps(folder: Path = STEPS) -> list[Step]:
    """Return the snapshots in order."""
    found = (re.fullmatch(r"(\d\d)-[a-z0-9-]+", path.name) for path in sorted(folder.iterdir()))
    return [Step(int(match[1]), match[0], folder / match[0]) for match in found if match]


def plain_name(text: str) -> str:
    """Return the name at the end of what a person typed, which may be a path."""
    return text.strip().rstrip("/\\").replace("\\", "/").rpartition("/")[2]


def step_named(name: str) -> Step | None:
    """Return the step called `name`: `3`, `03`, `step_03` or `03-poll-task-status`."""
    wanted = name.removeprefix("step_")
    for step in all_steps():
        if wanted == step.name or (wanted.isdecimal() and int(wanted) == step.number):
            return step
    return None


def find_step(text: str) -> Step:
    """Return the step that `text` names.

    Raises WorkbookError, naming the steps there are, for anything else.
    """
    if step := step_named(plain_name(text)):
        return step
    names = "\n".join(f"  {step.label}  {step.name}" for step in all_steps())
    raise WorkbookError(f"There is no step “{text}”. These are the steps:\n{names}")
