"""A private copy of a snapshot as a row wants it: overlaid, patched, ready to be run."""

import shlex
import shutil
from pathlib import Path

from benchmarks.push.variants import HERE, Row
from workbook.projects.patches.patch import apply_patches
from workbook.projects.procfile import commands
from workbook.projects.project import ProjectFolder, find_project, private_copy

WEB, WORKER = "web", "worker"


def make_project(row: Row, folder: Path) -> ProjectFolder:
    """Put the project of `row` into `folder`, with the benchmark's own task beside its manage.py.

    Raises WorkbookError where a patch does not fit step 05 any more.
    """
    copy = private_copy(find_project(row.step), folder)
    if row.overlay:
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(row.overlay, copy.folder, ignore=ignore, dirs_exist_ok=True)
    apply_patches(row.patches, copy.folder)
    shutil.copy(HERE / "load_task.py", copy.folder / "load_task.py")
    shutil.copy(HERE / "adapters" / f"{row.sending}.py", copy.folder / "sending.py")
    return copy


def command_lines(folder: Path, port: int) -> dict[str, list[str]]:
    """Return the words of the project's `web` and `worker` commands, as its Procfile has them.

    The worker takes on the benchmark's task, and nothing else.
    """
    lines = {name: shlex.split(line) for name, line in commands(folder, port).items()}
    return {WEB: lines[WEB], WORKER: [*lines[WORKER], "-I", "load_task", "-Q", "measured"]}
