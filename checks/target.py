"""Which project is looked at, and whether it is one at all."""

from __future__ import annotations

import atexit
import os
import re
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from workbook.invocation import tool_command
from workbook.paths import CHECKS, WORK
from workbook.projects.lessons import Lesson, all_lessons, find_lesson
from workbook.projects.step_detection import last_step
from workbook.projects.steps import Step

# What the project and the checks need: the name to import, and the name to show.
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
    """The project that the checks of a step or a further lesson look at, and how it was chosen."""

    folder: Path
    kind: Literal["work", "snapshot", "named"]
    step: Step | Lesson

    @property
    def label(self) -> str:
        """The step's two digits, or the lesson's name."""
        return self.step.label

    @property
    def title(self) -> str:
        """The step or the lesson, at the beginning of a sentence."""
        return self.step.title.capitalize()

    @property
    def shown(self) -> str:
        """The folder as a person names it: relative to the current folder, if it is below that."""
        if self.kind == "work":
            return "work/"
        if self.kind == "snapshot":
            return self.step.place
        inside = self.folder != Path.cwd() and self.folder.is_relative_to(Path.cwd())
        return str(self.folder.relative_to(Path.cwd()) if inside else self.folder)

    @property
    def again(self) -> str:
        """The command that checks this target."""
        if self.kind == "snapshot":
            return f"pytest checks/{self.step.checks.name}"
        named = f' --target "{self.shown}"' if self.kind == "named" else ""
        return f"{tool_command()} check {self.label}{named}"

    def headline(self) -> str:
        """Return the sentence that says which project is looked at."""
        if self.kind == "work":
            return f"{self.title}, on your project in work/"
        if self.kind == "snapshot":
            return f"{self.title}, on our own answer, {self.shown} (there is no work/ yet)"
        return f"{self.title}, on the project in {self.shown}"

    def remark(self) -> str:
        """Return a line on a `work/` that looks like quite another step, else ""."""
        if self.kind != "work" or self.problem():
            return ""
        try:
            seen = last_step(self.folder)
        except OSError:
            return ""  # the check that needs the file says so
        if seen is None or seen in (self.step.number, self.step.base and self.step.base.number):
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
        if self.step.base is None:
            return f"page 01, which begins with an empty folder: `{tool_command()} guide` opens it"
        start = f"{tool_command()} start {self.label}"
        return f"{start}, which puts the base of {self.step.title} into work/"

    def _no_id(self) -> str:
        if self.kind == "named":
            return "name the folder that holds manage.py"
        return "make your project in work/ itself: django-admin startproject config ."


@dataclass(frozen=True)
class Problem:
    """What is wrong with the set-up, and the way out. It says nothing about the answer."""

    what: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.what} Next: {self.way_out}"


def find_target(label: str, named: str | None) -> Target:
    """Return what `pytest checks/step_NN` looks at: `named`, else `work/`, else the snapshot.

    `label` is the step's, or a further lesson's. Raises WorkbookError for one that isn't there.
    """
    step = find_lesson(label)
    if named is not None:
        return Target(Path(named).absolute(), "named", step)
    # A link that leads nowhere is a work/ as well: one to speak of, not to pass over.
    if os.path.lexists(WORK):
        return Target(WORK, "work", step)
    folder = step.folder if isinstance(step, Step) else patched_copy(step)
    return Target(folder, "snapshot", step)


@cache
def patched_copy(lesson: Lesson) -> Path:
    """Return a lesson's finished project, made once for this process and deleted at its end."""
    temporary = tempfile.TemporaryDirectory(prefix="workbook-lesson-")
    atexit.register(temporary.cleanup)
    folder = Path(temporary.name) / lesson.name
    lesson.copy_to(folder)
    return folder


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


def step_of(path: Path) -> str:
    """Return the label of the step or lesson that a check's file belongs to, "" if to none."""
    resolved = path.resolve()
    if resolved == CHECKS or not resolved.is_relative_to(CHECKS):
        return ""
    name = resolved.relative_to(CHECKS).parts[0]
    step = STEP_FOLDER.fullmatch(name)
    return step[1] if step else lesson_names().get(name, "")


@cache
def lesson_names() -> dict[str, str]:
    """Return the names of the further lessons by the folders of their checks."""
    return {lesson.checks.name: lesson.name for lesson in all_lessons()}
