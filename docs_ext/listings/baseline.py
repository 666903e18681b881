"""The files of a step, and what a learner has on disk when its page begins.

That is the step before, and what Django's own command writes at the page's beginning.
"""

import os
import re
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.invocation import tool_command
from workbook.paths import ROOT
from workbook.projects.copying import noise_in
from workbook.projects.patches.django_lines import as_in_snapshot
from workbook.projects.steps import Step, all_steps
from workbook.runtime.process_output import AS_TEXT

# The command that each step's page begins with, and the folder that it writes into.
GENERATORS = {1: ("startproject", "config", "."), 2: ("startapp", "status", "status")}
SECRET = re.compile(r"SECRET_KEY = '.*'")


def files_of(folder: Path) -> dict[str, str]:
    """Return the texts of a project's files by their paths, without caches, databases, secrets.

    Files that are no text have no lines to show, and are left out.
    """
    is_noise = noise_in(ROOT / ".gitignore")
    texts: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if any(map(is_noise, name.parts)) or not path.is_file():
            continue
        try:
            texts[name.as_posix()] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return texts


def files_before(step: Step) -> dict[str, str]:
    """Return the texts that lie on the learner's disk before the first listing of a step's page."""
    files: dict[str, str] = {}
    if step.number in GENERATORS:
        written = generated(*GENERATORS[step.number])
        finished = files_of(step.folder)
        # Another Django than the snapshot's would make lines of its own look changed.
        files |= {
            name: as_in_snapshot(text, finished.get(name, "")) for name, text in written.items()
        }
    for other in all_steps():
        if other.number == step.number - 1:
            files |= files_of(other.folder)
    return files


@cache
def generated(command: str, name: str, folder: str) -> dict[str, str]:
    """Return the files that a command of Django's writes, by their paths in the project.

    The random secret key is shortened to an ellipsis. Raises WorkbookError if Django fails.
    """
    with tempfile.TemporaryDirectory(prefix="workbook-guide-") as temporary:
        project = Path(temporary) / "project"
        target = project / folder
        target.mkdir(parents=True)
        # An empty PATH keeps away `black`, which Django would run over what it wrote.
        environment = os.environ | {"PATH": "", "PYTHONUTF8": "1"}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        done = subprocess.run(
            [sys.executable, "-m", "django", command, name, str(target)],
            cwd=temporary,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            **AS_TEXT,
            timeout=60,
            check=False,
        )
        if done.returncode:
            raise WorkbookError(
                f"django {command} {name} should have written files and failed:\n{done.stderr}"
                f"The guide needs the workbook's own environment: {tool_command()} guide"
            )
        files = files_of(project)
    stand_in = "SECRET_KEY = 'django-insecure-…'"
    return {path: SECRET.sub(stand_in, text) for path, text in files.items()}
