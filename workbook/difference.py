"""`diff`: what a step changes, or what is different between `work/` and a step."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from workbook.calling import called
from workbook.errors import WorkbookError
from workbook.noise import copy_project
from workbook.places import WORK
from workbook.plain_diff import compare
from workbook.snapshots import find_step
from workbook.starting import base_of


def show_difference(text: str, mine: bool, stat: bool) -> int:
    """Show the diff of the step that `text` names, with git if it is there; return the exit code.

    Without `mine`: from the step before to the step. With it: from `work/` to the step. `stat`
    shows the files alone. Differences are no error. Raises WorkbookError if there is no step of
    that name, or no `work/`.
    """
    step = find_step(text)
    if mine and not WORK.is_dir():
        raise WorkbookError(
            "There is no work/ to compare. Begin one with:"
            f" {called()} start {step.label}\n"
            f"What the step itself changes shows: {called()} diff {step.label}"
        )
    before = WORK if mine else base.folder if (base := base_of(step)) else None
    name = "work" if mine else base.label if base else "nothing"
    with tempfile.TemporaryDirectory(prefix="workbook-diff-") as temporary:
        # Copies without noise, under names so short that the diff's headings stay readable.
        folder = Path(temporary)
        copy_project(step.folder, folder / step.label)
        if before:
            copy_project(before, folder / name)
        else:
            (folder / name).mkdir()
        different = print_diff(folder, name, step.label, stat)
    if not different:
        who = "work/ and" if mine else f"Step {name} and"
        print(f"{who} step {step.label} are the same.")
    return 0


def print_diff(folder: Path, old: str, new: str, stat: bool) -> bool:
    """Print the diff of two folders below `folder`; tell whether there was any."""
    git = shutil.which("git")
    if git is None:
        return compare(folder, old, new, stat)
    command = [git, "diff", "--no-index", "--no-prefix", *(["--stat"] if stat else []), old, new]
    process = subprocess.Popen(command, cwd=folder)
    # Ctrl-C is for git's pager, which goes on; we wait until it is left.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    if code > 1 and code != 128 + 13:  # 141: the reader has left early
        sys.stdout.flush()
        raise WorkbookError(f"git could not compare the folders (exit code {code}).")
    return code != 0
