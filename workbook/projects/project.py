"""The project that a run is about: the learner's own, or a private copy of a snapshot."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.invocation import tool_command
from workbook.paths import WORK
from workbook.projects.copying import copy_project
from workbook.projects.lessons import Lesson, find_lesson
from workbook.projects.patches.patch import Patch, apply_patches
from workbook.projects.replacement import settle
from workbook.runtime.process_tree import end, last_lines, run_to_end, trees
from workbook.runtime.signals import APART

LAST_STEP = "05"
MANAGE_SECONDS = 180  # a slow and busy machine needs a minute for the tables
DEMO = "demo"  # the name and the password alike
LIVE_PAGE = "/live/"
# Runs the commands of manage.py that it is given one after the other, and prints each as it
# begins. One Python for all of them: starting it and Django takes longer than most of them.
PROMPT = "$ python manage.py "
_RUN_COMMANDS = f"""
import runpy, shlex, sys
for command in sys.argv[1:]:
    print({PROMPT!r} + command, flush=True)
    sys.argv = ["manage.py", *shlex.split(command)]
    runpy.run_path("manage.py", run_name="__main__")
"""


@dataclass(frozen=True)
class ProjectFolder:
    """A Django project on disk, and whether it is one of the workbook's snapshots.

    `patches` make a further lesson of a snapshot; they are applied to its private copy.
    """

    label: str
    folder: Path
    is_snapshot: bool
    patches: tuple[Patch, ...] = ()

    def pages_to_open(self) -> list[str]:
        """Return the paths, besides `/`, that are worth opening and seem to be there.

        Asking for a page that is not there would put an error into a log where all is well.
        """
        urls = self.folder.glob("*/urls.py")
        return [LIVE_PAGE] if any(LIVE_PAGE[1:] in _text(path) for path in urls) else []

    def manage(self, environment: Mapping[str, str], *arguments: str) -> None:
        """Run `manage.py` with `arguments`, quietly. Raises WorkbookError with its last lines."""
        command = [sys.executable, "manage.py", *arguments]
        code, said = run_to_end(command, self.folder, environment, MANAGE_SECONDS)
        if code != 0:
            raise _failed(arguments[0], self.label, code, said)

    def prepare_database(self, environment: Mapping[str, str], log: Path) -> Preparation:
        """Begin to make the tables, and for a snapshot the superuser demo / demo.

        What that says is written to the file `log`.
        """
        commands = [["migrate", "--noinput", "--verbosity", "0"]]
        if self.is_snapshot:
            environment = {**environment, "DJANGO_SUPERUSER_PASSWORD": DEMO}
            address = f"{DEMO}@example.org"
            login = ["createsuperuser", "--noinput", "--username", DEMO, "--email", address]
            commands.append(login)
        with log.open("wb") as output:
            popen = subprocess.Popen(
                [sys.executable, "-c", _RUN_COMMANDS, *map(shlex.join, commands)],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                **APART,  # Ctrl-C is for the verb, which ends this one
            )
        return Preparation(self.label, popen, log, time.monotonic())


@dataclass(frozen=True)
class Preparation:
    """A database that is being prepared in the background, since `began` (monotonic seconds)."""

    label: str
    popen: subprocess.Popen[bytes]
    log: Path
    began: float

    def is_done(self) -> bool:
        """Tell whether the database is ready.

        Raises WorkbookError, with the last lines, where a command failed or took too long.
        """
        code = self.popen.poll()
        if code == 0:
            return True
        if code is None:
            if time.monotonic() < self.began + MANAGE_SECONDS:
                return False
            end(trees([self.popen.pid]), grace_seconds=2)
        said = self.log.read_text(encoding="utf-8", errors="replace")
        command, _, said = said.rpartition(PROMPT)[2].partition("\n")
        raise _failed(command.partition(" ")[0], self.label, code, said)


def _failed(command: str, label: str, code: int | None, said: str) -> WorkbookError:
    """Return the error for a `command` of manage.py; without a `code` it took too long."""
    how = f"failed with exit code {code}"
    if code is None:
        how = f"did not end within {MANAGE_SECONDS} seconds"
    return WorkbookError(
        f"“python manage.py {command}” of {label} {how}; nothing was left running. "
        f"Its last lines:\n{last_lines(said)}"
    )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def find_project(step_text: str | None) -> ProjectFolder:
    """Return the project that `step_text` names, a step or a further lesson.

    None means work/ if it is there, else step 05. Raises WorkbookError for an unknown step, and
    for a work/ without a manage.py.
    """
    settle()
    if step_text is None and not WORK.is_dir():
        step_text = LAST_STEP
    if step_text is not None and step_text.rstrip("/\\") != WORK.name:
        step = find_lesson(step_text)
        if isinstance(step, Lesson):
            folder = step.base.folder
            return ProjectFolder(step.title, folder, is_snapshot=True, patches=step.patches())
        return ProjectFolder(step.name, step.folder, is_snapshot=True)
    if not (WORK / "manage.py").is_file():
        raise WorkbookError(
            f"There is no manage.py in {WORK}. Page 01 makes the project there "
            "(django-admin startproject config .).\n"
            f"To start from a finished step: {tool_command()} start 02. "
            f"To run the workbook's own: {tool_command()} run 05"
        )
    return ProjectFolder(f"{WORK.name}/", WORK.resolve(), is_snapshot=False)


def private_copy(project: ProjectFolder, folder: Path) -> ProjectFolder:
    """Copy the snapshot `project` below `folder`, with a `.env`, without databases and caches."""
    copy = folder / project.folder.name
    copy_project(project.folder, copy)
    apply_patches(project.patches, copy)
    example = copy / ".env.example"
    # python-decouple looks for a .env in the folders above too: it must find one here.
    (copy / ".env").write_bytes(example.read_bytes() if example.is_file() else b"")
    return ProjectFolder(project.label, copy, is_snapshot=True)
