"""`start`: puts the base of a step into `work/`, and keeps what was there."""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.invocation import tool_command
from workbook.passwords import shortened
from workbook.paths import ROOT, WORK
from workbook.projects.lessons import Lesson, find_lesson
from workbook.projects.replacement import KeptFolders, Replacement, reason
from workbook.projects.steps import Step
from workbook.projects.work_record import NOTHING, WorkRecord
from workbook.runtime.folder_users import FolderUser, users_of
from workbook.runtime.run_records import end_leftovers, no_new_run, running_in
from workbook.shells.detection import KNOWN, name_of

# They hold no file, and see the new project: what is in a folder that stays is in the new one.
TERMINALS = KNOWN | {"tmux", "tmux: server", "tmux: client", "screen", "zellij", "script"}
SETTINGS = ".env"
MOST_NAMED = 12
COMMAND_CHARACTERS = 60


@dataclass(frozen=True)
class FolderState:
    """What a learner is told of `work/` besides where its contents are."""

    has_settings: bool = False
    link: Path | None = None
    terminals: Sequence[FolderUser] = field(default_factory=tuple)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.description = "Put the base of a step into work/; what was there is kept beside."
    parser.add_argument("step", help="such as 02")
    anyway = "even though something runs in work/, or has a file open there"
    parser.add_argument("--anyway", action="store_true", help=anyway)


def handle(options: argparse.Namespace) -> int:
    """Put the finished step before the one that is named into `work/`; return the exit code.

    Raises WorkbookError for an unknown step, where something uses `work/`, and where the disk can't
    be written. What was in `work/` is there or beside it at every moment, even if the tool is
    killed: the next call goes on then.
    """
    step = find_lesson(options.step)
    os.chdir(ROOT)  # from here on this process itself is not in work/
    replacement = Replacement()
    try:
        for line in end_leftovers():
            print(line, flush=True)
        with replacement.taking_turns(), no_new_run():
            if replacement.is_interrupted:
                print(replacement.resume(), flush=True)
            state = state_of_work(step, options.anyway)
            kept = replacement.run(partial(make_base, step.base), partial(record_of, step))
    except (OSError, shutil.Error) as problem:
        raise WorkbookError(
            f"{WORK} could not be replaced: {reason(problem)}.\n"
            "What was there is where it was. Make the folder writable, end what has a file open"
            f" there, type “cd {WORK}” in a terminal that is in a folder of it; then call again."
        ) from problem
    print(tell(step, kept, state))
    return 0


def record_of(step: Step | Lesson, _kept: str | None) -> WorkRecord:
    """Return what to remember of a `work/` that begins with the base of `step`."""
    base = step.base.label if step.base else NOTHING
    return WorkRecord(base, step=step.label, id=secrets.token_hex(6))


def make_base(base: Step | None, folder: Path) -> None:
    """Make `folder` a clean copy of `base`, or empty, with the learner's settings."""
    if base is None:
        folder.mkdir()
    else:
        base.copy_to(folder)
    # The first page has the learner write them.
    if base and (WORK / SETTINGS).is_file():
        shutil.copy2(WORK / SETTINGS, folder / SETTINGS, follow_symlinks=False)


def state_of_work(step: Step | Lesson, anyway: bool) -> FolderState:
    """Return what to tell of it. Raises WorkbookError where something uses `work/`."""
    users = users_of(WORK) if os.path.lexists(WORK) else []
    terminals = [user for user in users if name_of(user.name) in TERMINALS and not user.files]
    others = [user for user in users if user not in terminals and not user.is_caller]
    hindering = [user for user in others if user.files or not runs_tool(user)]
    if not anyway:
        refuse(step, hindering)
    link = WORK.readlink() if WORK.is_symlink() else None
    return FolderState((WORK / SETTINGS).is_file(), link, terminals)


def runs_tool(user: FolderUser) -> bool:
    """Tell whether it is a call of this tool, such as `redis`, that concerns no project.

    Those leave `work/` themselves. On Windows a process that waits for them does not.
    """
    script = ROOT / "workbook" / "__main__.py"
    return any(word.endswith(script.name) and Path(word).resolve() == script for word in user.words)


def refuse(step: Step | Lesson, users: Sequence[FolderUser]) -> None:
    """Raise WorkbookError, naming what uses `work/`, if anything does."""
    lines = []
    if run := running_in(WORK.resolve()):
        record, processes = run
        lines.append(f"work/ itself: {record.address} (process {record.pid}). Press Ctrl-C there.")
        users = [user for user in users if user.pid not in processes]
    lines += map(describe, users)
    if not lines:
        return
    if len(lines) > MOST_NAMED:
        lines[MOST_NAMED:] = [f"and {len(lines) - MOST_NAMED} more"]
    raise WorkbookError(
        "Nothing was changed: something runs in work/, or has a file open there.\n"
        + "\n".join(f"  {line}" for line in lines)
        + "\nEnd it, then call again; terminals that are in work/ may stay. If it may go on:"
        f" {tool_command()} start {step.label} --anyway"
    )


def describe(user: FolderUser) -> str:
    """Return a line for a process that uses `work/`."""
    command = shortened(" ".join(user.words), COMMAND_CHARACTERS)
    who = f"{user.name} (process {user.pid})"
    if user.files:
        more = f" and {len(user.files) - 1} more" if len(user.files) > 1 else ""
        return f"{who} has {user.files[0].as_posix()}{more} open: {command}"
    return f"{who} runs there: {command}"


def tell(step: Step | Lesson, kept: KeptFolders, state: FolderState) -> str:
    """Return what to say to the learner: what is in `work/` now, and what to do next."""
    base = step.base
    if base:
        lines = [f"work/ now holds the finished {base.title}: the base of {step.title}."]
    else:
        lines = [f"work/ is now an empty folder: {step.title} begins with nothing."]
    lines += kept.sentences
    if state.has_settings:
        stays = f"Your {SETTINGS} is kept there too: page {step.label} writes it."
        lines.append(f"Your {SETTINGS} came along." if base else stays)
    if state.link:
        lines.append(f"work/ was a link to {state.link}. That folder is as it was.")
    lines += terminal_lines(state)
    lines += ["", f"Next: open the page of {step.title}, and write what it says into work/."]
    lines.append(f"    {tool_command()} guide      the pages")
    if base:
        lines.append(f"    {tool_command()} run        your project as it is now")
    lines.append(f"    {tool_command()} diff {step.label}    what {step.title} changes")
    return "\n".join(lines)


def terminal_lines(state: FolderState) -> list[str]:
    """Return what to say of the terminals that are in `work/`."""
    folders = [user.folder for user in state.terminals if user.folder is not None]
    left = [folder for folder in folders if state.link or not (WORK / folder).is_dir()]
    lines = []
    if count := len(folders) - len(left):
        who = "A terminal is" if count == 1 else f"{count} terminals are"
        lines.append(f"{who} in work/, and in the new project now.")
    if left:
        names = sorted({f"work/{folder.as_posix()}".removesuffix("/.") for folder in left})
        where = "in that folder" if state.link else f"in {', '.join(names)}, which is gone"
        lines.append(f"A terminal is still {where}. Type there: cd {WORK}")
    return lines
