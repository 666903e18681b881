"""A private copy of a snapshot as a row wants it: overlaid, patched, ready to be run."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from benchmarks.push.variants import HERE, Row
from workbook.errors import WorkbookError
from workbook.projects.procfile import commands
from workbook.projects.project import ProjectFolder, find_project, private_copy
from workbook.runtime.process_output import AS_TEXT

WEB, WORKER = "web", "worker"


def make_project(row: Row, folder: Path) -> ProjectFolder:
    """Put the project of `row` into `folder`, with the benchmark's own task beside its manage.py.

    Raises WorkbookError where a patch does not fit step 05 any more.
    """
    copy = private_copy(find_project(row.step), folder)
    if row.overlay:
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(row.overlay, copy.folder, ignore=ignore, dirs_exist_ok=True)
    for patch in row.undone:
        apply(patch, copy.folder, "--reverse")
    for patch in row.patches:
        apply(patch, copy.folder)
    shutil.copy(HERE / "load_task.py", copy.folder / "load_task.py")
    shutil.copy(HERE / "adapters" / f"{row.sending}.py", copy.folder / "sending.py")
    return copy


def apply(patch: Path, folder: Path, *options: str) -> None:
    """Apply `patch` to the project in `folder`, with these `options` of git's.

    Raises WorkbookError where it does not fit.
    """
    # Inside a repository git would take the folder for a part of it, and change nothing.
    outside = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", *options, str(patch)],
        cwd=folder,
        env=outside | {"GIT_CEILING_DIRECTORIES": str(folder.parent)},
        capture_output=True,
        **AS_TEXT,
        timeout=30,
        check=False,
    )
    if done.returncode != 0:
        raise WorkbookError(
            f"benchmarks/push/ladder/{patch.name} does not fit step 05 as it stands now. "
            f"Change the patch to what the step has become. git says:\n{done.stderr.strip()}"
        )


def command_lines(folder: Path, port: int) -> dict[str, list[str]]:
    """Return the words of the project's `web` and `worker` commands, as its Procfile has them.

    The worker takes on the benchmark's task, and nothing else.
    """
    lines = {name: shlex.split(line) for name, line in commands(folder, port).items()}
    return {WEB: lines[WEB], WORKER: [*lines[WORKER], "-I", "load_task", "-Q", "measured"]}
