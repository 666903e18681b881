"""`start`: copies the base of a step into `work/`, and keeps what was there."""

from __future__ import annotations

import argparse
import os
import shutil
from datetime import datetime
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.invocation import tool_command
from workbook.paths import STATE, WORK
from workbook.projects.copying import copy_project
from workbook.projects.steps import Step, all_steps, find_step
from workbook.runtime.file_locks import locked


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.description = "Lay the base of a step into work/; what was there is kept beside."
    parser.add_argument("step", help="such as 02")


def handle(options: argparse.Namespace) -> int:
    """Lay the finished step before the one that is named into `work/`; return the exit code.

    Raises WorkbookError for an unknown step and where the disk can't be written. What was in
    `work/` is there or beside it at every moment, even if the tool is killed.
    """
    step = find_step(options.step)
    base = base_of(step)
    try:
        STATE.mkdir(exist_ok=True)
        with locked(STATE / "start.lock", within_seconds=30):
            kept = exchange(WORK, place_base(base, STATE / "laying"))
    except (OSError, shutil.Error) as problem:
        raise WorkbookError(
            f"{WORK} could not be laid: {problem}.\n"
            "What was there is where it was. Make the folder writable, then call again."
        ) from problem
    print(tell(step, base, kept))
    return 0


def base_of(step: Step) -> Step | None:
    """Return the step before `step`, None before the first."""
    return next((other for other in all_steps() if other.number == step.number - 1), None)


def place_base(base: Step | None, folder: Path) -> Path:
    """Make `folder` a clean copy of `base`, or empty; what a killed call left there is cleared."""
    if folder.exists():
        shutil.rmtree(folder)
    if base is None:
        folder.mkdir()
    else:
        copy_project(base.folder, folder)
    return folder


def exchange(target: Path, new: Path) -> Path | None:
    """Put the folder `new` in the place of `target`; return where the old one is kept, if it is.

    A link is kept as the link it was. An empty folder has nothing to keep.
    """
    kept = None
    if target.is_dir() and not target.is_symlink() and not any(target.iterdir()):
        target.rmdir()
    elif os.path.lexists(target):
        kept = free_name(target, datetime.now())
        target.rename(kept)
    try:
        new.rename(target)
    except OSError:
        if kept:
            kept.rename(target)
        raise
    return kept


def free_name(target: Path, now: datetime) -> Path:
    """Return a name beside `target` that nobody has: `work.2026-11-22-1530`, then `…-2`."""
    first = target.with_name(f"{target.name}.{now:%Y-%m-%d-%H%M}")
    name, number = first, 1
    while os.path.lexists(name):
        number += 1
        name = first.with_name(f"{first.name}-{number}")
    return name


def tell(step: Step, base: Step | None, kept: Path | None) -> str:
    """Return what to say to the learner: what lies in `work/` now, and what to do next."""
    if base:
        lines = [f"work/ now holds the finished step {base.label}: the base of step {step.label}."]
    else:
        lines = [f"work/ is now an empty folder: step {step.label} begins with nothing."]
    if kept:
        lines.append(f"What was there is kept in {kept.name}/.")
    lines += ["", f"Next: open the page of step {step.label}, and write what it says into work/."]
    lines.append(f"    {tool_command()} guide      the pages")
    if base:
        lines.append(f"    {tool_command()} run        your project as it stands")
    lines.append(f"    {tool_command()} diff {step.label}    what the step changes")
    return "\n".join(lines)
