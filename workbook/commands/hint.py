"""`hint`: what leads on from the first ✗, in three grades: the idea, the place, the change."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from workbook.errors import WorkbookError
from workbook.invocation import tool_command
from workbook.paths import ROOT, STATE, WORK
from workbook.projects.content import content_of, last_save
from workbook.projects.lessons import Lesson, find_lesson
from workbook.projects.progress import LastRun, read_progress
from workbook.projects.replacement import settle
from workbook.projects.step_detection import last_step
from workbook.projects.steps import Step
from workbook.projects.work_record import read_record
from workbook.runtime.child_environment import environment_for_checks
from workbook.runtime.signals import hold_interrupts, wait_for_successor

NAME = "hint.json"
INTERRUPTED = 2  # what pytest returns then; a check that can't be told returns it too
PLACE, CHANGE = 2, 3
IS_LAST, BROKEN_OFF = 3, 130  # exit codes of docs_ext.hint: for the last grade, after Ctrl-C
WIDEST, HARD_SPACE = 100, "\N{NO-BREAK SPACE}"
AFTER = {1: "the place", 2: "the change"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.description = (
        "Lead on from the first ✗ of the last check: the idea, then the place, then the change,"
        " one per call. The next one comes once you have saved a file in work/."
    )
    parser.add_argument("step", nargs="?", help="such as 03; default: what was checked last")
    parser.add_argument(
        "--show", action="store_true", help="show the change, without another save before it"
    )


@dataclass(frozen=True)
class Given:
    """The last hint that was given: for what, which grade, of which content, and when."""

    work: str
    label: str
    check: str
    grade: int
    content: str
    at: float

    def may_go_on(self, content: str, show: bool) -> bool:
        """Tell whether the next grade is due: after a save, or where the reader asks for it."""
        is_saved = content != self.content or last_save(WORK) > self.at
        return is_saved or (show and self.grade >= PLACE)


def handle(options: argparse.Namespace) -> int:
    """Print a hint; return the exit code.

    Raises WorkbookError where there is no `work/`, for an unknown step, and where nothing tells
    which step it is about.
    """
    settle()
    if not WORK.is_dir():
        raise WorkbookError(
            "hint is about your project in work/, and there is no work/ yet.\n"
            f"Begin one: {tool_command()} start 01"
        )
    lesson = chosen_lesson(options.step)
    content = content_of(WORK)
    run = known_run(lesson, content)
    if run is None:
        print(f"The check gave no verdict. See why: {tool_command()} check {lesson.label}")
        return 1
    about = run.cross or run.exercise
    if about is None:
        print(f"There is no ✗ in {lesson.title} to lead on from.")
        if run.holds < run.count:
            print(f"Some checks can't be told. See why: {tool_command()} check {lesson.label}")
        return 0
    is_exercise = run.cross is None
    given = next_hint(Given(run.work, lesson.label, about.check, 0, content, 0.0), options.show)
    print(f"{'☆ Your turn:' if is_exercise else '✗'} {about.title}", flush=True)
    is_last = show_hint(lesson, given.grade, is_exercise)
    write_given(given)
    print_wrapped(waiting(lesson, given.grade, is_exercise, is_last))
    return 0


def next_hint(asked: Given, show: bool) -> Given:
    """Return which hint to give for what is asked of: the next one, or the last once more."""
    before = read_given()
    if (before.work, before.label, before.check) != (asked.work, asked.label, asked.check):
        return replace(asked, grade=1, at=time.time())
    if before.may_go_on(asked.content, show):
        return replace(asked, grade=before.grade + 1, at=time.time())
    return before


def print_wrapped(text: str) -> None:
    """Print a paragraph below an empty line. A command stays on one line, to be copied."""
    whole = re.sub(r"`[^`]+`", lambda found: found[0].replace(" ", HARD_SPACE), text)
    width = min(shutil.get_terminal_size().columns, WIDEST)
    lines = textwrap.wrap(whole, width, break_on_hyphens=False)
    print("", *(line.replace(HARD_SPACE, " ") for line in lines), sep="\n")


def chosen_lesson(named: str | None) -> Step | Lesson:
    """Return the step or lesson that is named, else the one that was checked last.

    Raises WorkbookError where nothing tells it.
    """
    if named is not None:
        return find_lesson(named)
    progress, record = read_progress(), read_record()
    run = progress.of(progress.latest).last if progress.latest else None
    if progress.latest and run and run.work == record.id:
        return find_lesson(progress.latest)
    if record.step:
        return find_lesson(record.step)
    seen = last_step(WORK)
    if seen is None:
        raise WorkbookError(
            "work/ looks like several steps at once, so it is hard to tell which one you are at.\n"
            f"Name it: {tool_command()} hint 03"
        )
    return find_lesson(str(seen))


def known_run(lesson: Step | Lesson, content: str) -> LastRun | None:
    """Return what the check says of the project as it is now: what it said of it, or says now."""
    if (run := remembered(lesson, content)) is None:
        print(f"Checking {lesson.title} first: not checked since the last save …", flush=True)
        command = [sys.executable, "-P", "-m", "pytest", "-q", str(lesson.checks)]
        nowhere, environment = subprocess.DEVNULL, environment_for_checks()
        # Ctrl-C is for the checks, which end what they started.
        code = code_of(command, cwd=ROOT, env=environment, stdout=nowhere, stderr=nowhere)
        if code == INTERRUPTED and not remembered(lesson, content):
            raise KeyboardInterrupt
        run = remembered(lesson, content)
    return run


def code_of(command: list[str], **options: Any) -> int:
    """Run a Python that releases interrupts itself, with Popen's `options`; return its code."""
    hold_interrupts()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, **options) as process:
        return wait_for_successor(process)


def remembered(lesson: Step | Lesson, content: str) -> LastRun | None:
    """Return what is remembered of a check of the project with this content."""
    run = read_progress().of(lesson.label).last
    is_of_this = run and (run.work, run.content) == (read_record().id, content)
    return run if run and is_of_this and (run.cross or run.is_complete) else None


def show_hint(lesson: Step | Lesson, grade: int, is_exercise: bool) -> bool:
    """Print the hint of that grade; tell whether it is the last. Raises WorkbookError."""
    words = [lesson.label, str(grade), *(["--exercise"] if is_exercise else [])]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-P", "-m", "docs_ext.hint", *words]
    code = code_of(command, env=environment)
    if code == BROKEN_OFF:
        raise KeyboardInterrupt
    if code not in (0, IS_LAST):
        raise WorkbookError(f"No hint could be made. The guide has more: {tool_command()} guide")
    return code == IS_LAST


def waiting(lesson: Step | Lesson, grade: int, is_exercise: bool, is_last: bool) -> str:
    """Return what the next hint waits for."""
    tool = tool_command()
    if is_last and is_exercise:
        return f"That was the last hint. Page {lesson.label}, Your turn, has a solution."
    if is_last:
        return f"That was the last hint. Change it, then: {tool} check {lesson.label}"
    following = "the next one" if is_exercise else AFTER[grade]
    said = f"Hint {grade}. Try it, and save a file in work/. Then `{tool} hint` shows {following}."
    shows = f" Without that: `{tool} hint --show`." if grade == PLACE and not is_exercise else ""
    return said + shows


def read_given() -> Given:
    """Return the last hint that was given; an empty one where that can't be read."""
    nothing = Given("", "", "", 0, "", 0.0)
    try:
        found = json.loads((STATE / NAME).read_text(encoding="utf-8"))
        given = Given(**found)
        kinds = {name: type(value) for name, value in asdict(nothing).items()}
        is_whole = all(isinstance(getattr(given, name), kind) for name, kind in kinds.items())
    except (OSError, ValueError, TypeError):
        return nothing
    return given if is_whole and given.grade > 0 else nothing


def write_given(given: Given) -> None:
    """Remember it. That nothing can be written is no error."""
    with contextlib.suppress(OSError):
        STATE.mkdir(exist_ok=True)
        new = STATE / f"{NAME}.new"
        new.write_text(json.dumps(asdict(given)), encoding="utf-8")
        new.replace(STATE / NAME)
