"""`diff`: what a step changes, or what is different between `work/` and a step.

With git where there is one, else with a unified diff of our own.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
from difflib import unified_diff
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.git import find_git
from workbook.invocation import tool_command
from workbook.paths import WORK
from workbook.projects.copying import copy_project, make_lines_plain
from workbook.projects.lessons import find_lesson
from workbook.projects.patches.django_lines import as_in_project
from workbook.projects.replacement import settle
from workbook.runtime.console import wants_colour
from workbook.runtime.signals import handled

COLOURS = {"+": "\033[32m", "-": "\033[31m", "@": "\033[36m"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.description = "Show what a step changes."
    parser.add_argument("step", help="such as 02")
    parser.add_argument("--mine", action="store_true", help="your work/ against the finished step")
    parser.add_argument("--stat", action="store_true", help="only which files, and how much")


def handle(options: argparse.Namespace) -> int:
    """Show the diff of a step, with git if it is there; return the exit code.

    Without `--mine`: from the step before to the step. With it: from `work/` to the step, but for
    what another Django's own commands write. Differences are no error. Raises WorkbookError if
    there is no step of that name, or no `work/`.
    """
    step, mine = find_lesson(options.step), options.mine
    settle()
    if mine and not WORK.is_dir():
        raise WorkbookError(
            "There is no work/ to compare. Begin one with:"
            f" {tool_command()} start {step.label}\n"
            f"What {step.title} itself changes shows: {tool_command()} diff {step.label}"
        )
    base = step.base
    name = "work" if mine else base.label if base else "nothing"
    with tempfile.TemporaryDirectory(prefix="workbook-diff-") as temporary:
        # Copies without noise, under names so short that the diff's headings stay readable.
        folder = Path(temporary)
        step.copy_to(folder / step.label)
        if mine:
            copy_project(WORK, folder / name)
            make_lines_plain(folder / step.label)
            make_lines_plain(folder / name)
            pass_over_django_lines(folder / step.label, folder / name)
        elif base:
            base.copy_to(folder / name)
        else:
            (folder / name).mkdir()
        different = print_diff(folder, name, step.label, options.stat)
    if not different:
        print(f"{'work/' if mine else f'Step {name}'} and {step.title} are the same.")
    return 0


def pass_over_django_lines(step: Path, project: Path) -> None:
    """Give a copy of a step the lines that Django's own commands wrote into a copy of a project.

    A learner with another Django than the steps' has nothing to change there.
    """
    for theirs in step.rglob("*.py"):
        own = project / theirs.relative_to(step)
        if not own.is_file():
            continue
        try:
            # Bytes in order: no new line becomes another.
            before, mine = theirs.read_bytes().decode(), own.read_bytes().decode()
        except UnicodeDecodeError:
            continue
        theirs.write_bytes(as_in_project(before, mine).encode())


def print_diff(folder: Path, old: str, new: str, stat: bool) -> bool:
    """Print the diff of two folders below `folder`; tell whether there was any."""
    git = find_git()
    if git is None:
        return compare(folder, old, new, stat)
    command = [git, "diff", "--no-index", "--no-prefix", *(["--stat"] if stat else []), old, new]
    process = subprocess.Popen(command, cwd=folder)
    # Ctrl-C is for git's pager, which goes on; we wait until it is left.
    with handled({signal.SIGINT: signal.SIG_IGN}):
        code = process.wait()
    if code > 1 and code != 128 + 13:  # 141: the reader has left early
        sys.stdout.flush()
        raise WorkbookError(f"git could not compare the folders (exit code {code}).")
    return code != 0


def compare(folder: Path, old: str, new: str, stat: bool) -> bool:
    """Print how `folder/new` differs from `folder/old`, in colour on a terminal; tell whether."""
    names = sorted(files_below(folder / old) | files_below(folder / new))
    different = False
    for name in names:
        before, after = (read(folder / side / name) for side in (old, new))
        if before == after:
            continue
        different = True
        if before is None or after is None:
            print(f"Binary files {old}/{name} and {new}/{name} differ")
            continue
        lines = list(unified_diff(before, after, f"{old}/{name}", f"{new}/{name}", lineterm=""))
        if stat:
            added, removed = (sum(line[0] == sign for line in lines[2:]) for sign in "+-")
            print(f" {name} | +{added} -{removed}")
        else:
            print_lines(lines)
    return different


def files_below(folder: Path) -> set[str]:
    """Return the files below `folder`, relative to it, with forward slashes."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def read(path: Path) -> list[str] | None:
    """Return a file's lines, none for a file that is not there, None for one that is no text."""
    try:
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    except UnicodeDecodeError:
        return None


def print_lines(lines: list[str]) -> None:
    """Print a file's diff, coloured on a terminal."""
    is_coloured = wants_colour(sys.stdout)
    for line in lines:
        colour = COLOURS.get(line[:1], "") if is_coloured else ""
        print(f"{colour}{line}\033[0m" if colour else line)
