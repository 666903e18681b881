"""Which project is looked at, and whether it is one at all."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from workbook.invocation import tool_command
from workbook.paths import ROOT, WORK
from workbook.projects.step_detection import last_step
from workbook.projects.steps import find_step

# What the project and the checks stand on: name to import, name to speak of.
PACKAGES = {
    "django": "Django",
    "celery": "Celery",
    "django_celery_beat": "django-celery-beat",
    "django_celery_results": "django-celery-results",
    "channels": "Channels",
    "redis": "redis",
    "httpx": "httpx",
    "psutil": "psutil",
    "fakeredis": "fakeredis",
    "websockets": "websockets",
}


@dataclass(frozen=True)
class Target:
    """The project that one step's checks look at, and how it was chosen."""

    folder: Path
    kind: Literal["work", "snapshot", "named"]
    step: int

    @property
    def label(self) -> str:
        """The step's two digits."""
        return f"{self.step:02d}"

    @property
    def shown(self) -> str:
        """The folder as a person calls it: from the current folder on, if it lies there."""
        if self.kind == "work":
            return "work/"
        base = ROOT if self.kind == "snapshot" else Path.cwd()
        inside = self.folder != base and self.folder.is_relative_to(base)
        return str(self.folder.relative_to(base) if inside else self.folder)

    @property
    def again(self) -> str:
        """The command that checks this target."""
        if self.kind == "snapshot":
            return f"pytest checks/step_{self.label}"
        named = f' --target "{self.shown}"' if self.kind == "named" else ""
        return f"{tool_command()} check {self.label}{named}"

    def headline(self) -> str:
        """Return the sentence that says which project is looked at."""
        if self.kind == "work":
            return f"Step {self.label}, on your project in work/"
        if self.kind == "snapshot":
            return f"Step {self.label}, on our own answer, {self.shown} (there is no work/ yet)"
        return f"Step {self.label}, on the project in {self.shown}"

    def remark(self) -> str:
        """Return a line on a `work/` that looks like quite another step, else ""."""
        if self.kind != "work" or self.problem():
            return ""
        try:
            seen = last_step(self.folder)
        except OSError:
            return ""  # the check that needs the file says so
        if seen is None or seen in (self.step, self.step - 1):
            return ""
        return f"work/ looks like step {seen:02d}: {tool_command()} check {seen:02d}"

    def problem(self) -> Problem | None:
        """Return why nothing can be told of this folder, None if it looks like a project."""
        if not self.folder.exists():
            return Problem(f"There is no folder {self.shown}.", "name one that is there")
        if not self.folder.is_dir():
            return Problem(f"{self.shown} is no folder.", "name the folder that holds manage.py")
        try:
            return self._lack()
        except OSError as error:
            return Problem(
                f"{self.shown} cannot be read: {error.strerror}.", "make the folder readable"
            )

    def _lack(self) -> Problem | None:
        if (self.folder / "manage.py").is_file():
            return None
        inner = sorted(path.parent for path in self.folder.glob("*/manage.py"))
        if inner:
            deeper = f"{self.shown.rstrip('/')}/{inner[0].name}"
            return Problem(
                f"There is no manage.py in {self.shown}, but there is one in {deeper}.",
                f"move what lies in {deeper} one level up, or name it: "
                f'{tool_command()} check {self.label} --target "{deeper}"',
            )
        if not any(not path.name.startswith(".") for path in self.folder.iterdir()):
            return Problem(f"{self.shown} is empty.", self._beginning())
        return Problem(f"There is no manage.py in {self.shown}: no Django project.", self._no_id())

    def _beginning(self) -> str:
        if self.kind == "named":
            return "name the folder that holds manage.py"
        if self.step == 1:
            return f"page 01, which begins with an empty folder: `{tool_command()} guide` opens it"
        return f"{tool_command()} start {self.label}, which puts the base of the step into work/"

    def _no_id(self) -> str:
        if self.kind == "named":
            return "name the folder that holds manage.py"
        return "make your project in work/ itself: django-admin startproject config ."


@dataclass(frozen=True)
class Problem:
    """What is wrong with the surroundings, and the way out. It says nothing of the answer."""

    what: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.what} Next: {self.way_out}"


def find_target(step: int, named: str | None) -> Target:
    """Return what `pytest checks/step_NN` looks at: `named`, else `work/`, else the snapshot.

    Raises WorkbookError for a step that isn't there.
    """
    if named is not None:
        return Target(Path(named).absolute(), "named", step)
    # A link that leads nowhere is a work/ as well: one to speak of, not to pass over.
    if os.path.lexists(WORK):
        return Target(WORK, "work", step)
    return Target(find_step(str(step)).folder, "snapshot", step)


def missing_packages() -> Problem | None:
    """Return what to do about packages that this Python lacks, None if it has them all."""
    lacking = [name for module, name in PACKAGES.items() if find_spec(module) is None]
    if not lacking:
        return None
    return Problem(
        f"This Python lacks {', '.join(lacking)}: it is not the workbook's environment.",
        f"{tool_command()} check, which makes the environment and enters it",
    )


STEP_FOLDER = re.compile(r"step_(\d\d)")


def step_of(path: Path) -> int:
    """Return the number of the step that a check's file belongs to, 0 if it's below no step."""
    found = (STEP_FOLDER.fullmatch(part) for part in reversed(path.parts))
    return next((int(match[1]) for match in found if match), 0)
