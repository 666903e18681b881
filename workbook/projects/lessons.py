"""Further lessons, each a chain of patches on a snapshot, and how a person may name one or a step.

A lesson called `some-name` is the folder `checks/some_name/`: its checks, and in `patches/` the
chain `1-TITLE.patch`, `2-TITLE.patch`, …, one a section of its page. It is on the last step, unless
a `lesson.toml` beside the checks says otherwise: `on = "03"`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.paths import CHECKS
from workbook.projects.patches.patch import Patch, apply_patches, chain_files, load_patch
from workbook.projects.steps import Step, all_steps, find_step, plain_name, step_named

FOLDER = re.compile(r"(?!step_)[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Lesson:
    """A further lesson: its name, the finished step that it begins with, and its checks' folder."""

    name: str
    base: Step
    checks: Path

    @property
    def number(self) -> int:
        """The number of the step whose project it changes."""
        return self.base.number

    @property
    def label(self) -> str:
        """What pages, checks and verbs call it by: its name."""
        return self.name

    @property
    def title(self) -> str:
        """What a sentence calls it."""
        return f"lesson {self.name}"

    @property
    def place(self) -> str:
        """Where the finished project comes from, as a person calls it."""
        return f"{self.base.place} with the patches of checks/{self.checks.name}"

    @property
    def page(self) -> str:
        """The page below `docs/`, without its ending."""
        return f"going-further/{self.name}"

    def patches(self) -> tuple[Patch, ...]:
        """Return its chain, one a section."""
        return tuple(map(load_patch, chain_files(self.checks / "patches")))

    def copy_to(self, folder: Path) -> None:
        """Put the finished project into `folder`, which must not exist yet.

        Raises WorkbookError where a patch does not fit.
        """
        self.base.copy_to(folder)
        apply_patches(self.patches(), folder)


def all_lessons() -> list[Lesson]:
    """Return the further lessons by name."""
    folders = (folder for folder in sorted(CHECKS.glob("*/")) if FOLDER.fullmatch(folder.name))
    return [
        Lesson(folder.name.replace("_", "-"), _base_of(folder), folder)
        for folder in folders
        if chain_files(folder / "patches")
    ]


def _base_of(folder: Path) -> Step:
    file = folder / "lesson.toml"
    if not file.is_file():
        return all_steps()[-1]
    try:
        return find_step(tomllib.loads(file.read_text(encoding="utf-8"))["on"])
    except (ValueError, KeyError, AttributeError, WorkbookError) as problem:
        raise WorkbookError(
            f'checks/{folder.name}/lesson.toml should name a step, such as: on = "03"\n{problem}'
        ) from problem


def find_lesson(text: str) -> Step | Lesson:
    """Return the step or further lesson that `text` names: `3`, `step_03`, or a lesson's name.

    Raises WorkbookError, naming what there is, for anything else.
    """
    lessons = {lesson.name: lesson for lesson in all_lessons()}
    wanted = plain_name(text)
    if found := step_named(wanted) or lessons.get(wanted.replace("_", "-")):
        return found
    if not lessons:
        return find_step(text)  # which says what there is
    steps = "\n".join(f"  {step.label}  {step.name}" for step in all_steps())
    raise WorkbookError(
        f"There is no step or lesson “{text}”. These are the steps:\n{steps}\n"
        "These are the lessons:\n" + "\n".join(f"  {name}" for name in lessons)
    )
