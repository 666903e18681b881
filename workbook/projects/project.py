"""The project that a run is about: the learner's own, or a private copy of a snapshot."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.paths import WORK
from workbook.projects.steps import find_step
from workbook.runtime.process_tree import last_lines, run_to_end

LAST_STEP = "05"
MANAGE_SECONDS = 60
DEMO = "demo"  # the name and the password alike
LIVE_PAGE = "/live/"
_NOISE = shutil.ignore_patterns(
    "__pycache__", "*.py[cod]", "*.sqlite3", "*.sqlite3-*", "celerybeat-schedule*", ".env"
)


@dataclass(frozen=True)
class Project:
    """A Django project on disk, and whether it is one of the workbook's snapshots."""

    label: str
    folder: Path
    is_snapshot: bool

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
            how = f"failed with exit code {code}"
            if code is None:
                how = f"did not end within {MANAGE_SECONDS} seconds"
            raise WorkbookError(
                f"“python manage.py {arguments[0]}” of {self.label} {how}, so nothing was started. "
                f"Its last lines:\n{last_lines(said)}"
            )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def find_project(step_text: str | None) -> Project:
    """Return the project that `step_text` names; None means work/ if it is there, else step 05.

    Raises WorkbookError for an unknown step, and for a work/ without a manage.py.
    """
    if step_text is None and not WORK.is_dir():
        step_text = LAST_STEP
    if step_text is not None and step_text.rstrip("/\\") != WORK.name:
        step = find_step(step_text)
        return Project(step.name, step.folder, is_snapshot=True)
    if not (WORK / "manage.py").is_file():
        raise WorkbookError(
            f"There is no manage.py in {WORK}. Make your project there "
            "(django-admin startproject config .), lay the base of a step: start 02, "
            "or run a snapshot: run 05"
        )
    return Project(f"{WORK.name}/", WORK.resolve(), is_snapshot=False)


def private_copy(project: Project, folder: Path) -> Project:
    """Copy the snapshot `project` below `folder`, with a `.env`, without databases and caches."""
    copy = folder / project.folder.name
    shutil.copytree(project.folder, copy, ignore=_NOISE)
    example = copy / ".env.example"
    # python-decouple looks for a .env in the folders above too: it must find one here.
    (copy / ".env").write_bytes(example.read_bytes() if example.is_file() else b"")
    return Project(project.label, copy, is_snapshot=True)


def add_demo_login(project: Project, environment: Mapping[str, str]) -> None:
    """Make the superuser demo / demo in the database of `project`."""
    with_password = {**environment, "DJANGO_SUPERUSER_PASSWORD": DEMO}
    arguments = ["--noinput", "--username", DEMO, "--email", f"{DEMO}@example.org"]
    project.manage(with_password, "createsuperuser", *arguments)
