"""A small workbook of a test's own: the real tool on three tiny steps, in a temporary folder."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.commands import run_command
from tests.support.text_files import write_files
from workbook.invocation import CALL
from workbook.paths import ROOT

STEPS = {
    "01-first": {
        "config/settings.py": 'INSTALLED_APPS = ["django_celery_beat", "django_celery_results"]\n',
        "config/celery.py": 'app = Celery("config")\n',
        ".env.example": "DEBUG=true\n",
    },
    "02-second": {"status/tasks.py": "def send_status(): ...\n\n\nsend_status.delay()\n"},
    "03-third": {"status/urls.py": 'path("check-status/<uuid:id>/", view)\n'},
}


@dataclass(frozen=True)
class SmallWorkbook:
    """A workbook's folder, and a way to call its tool."""

    root: Path

    @property
    def work(self) -> Path:
        """The learner's folder."""
        return self.root / "work"

    def call(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Call the command line in this process's environment; `variables` join the environment."""
        return run_command(
            [sys.executable, "-P", "-c", CALL, *arguments],
            self.root,
            os.environ | {"PYTHONPATH": str(self.root), "PYTHONUTF8": "1"} | variables,
        )

    def does(self, *arguments: str, **variables: str) -> str:
        """Call the command line, which must end with exit code 0; return what it printed."""
        answer = self.call(*arguments, **variables)
        assert answer.returncode == 0, answer.stdout + answer.stderr
        return answer.stdout

    def refuses(self, *arguments: str, **variables: str) -> str:
        """Call the command line, which must end with a sentence and exit code 1; return that."""
        answer = self.call(*arguments, **variables)
        assert answer.returncode == 1, answer.stdout + answer.stderr
        assert "Traceback" not in answer.stderr
        return answer.stderr

    def write(self, files: dict[str, str], below: str = "work") -> None:
        """Write text files below a folder of the workbook."""
        write_files(self.root / below, files)


def make_small_workbook(folder: Path) -> SmallWorkbook:
    """Lay the real tool and tiny steps, each with the files of those before it, into `folder`."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "workbook", folder / "workbook", ignore=ignore)
    for name in (".gitignore", "Pipfile", "Pipfile.lock"):
        shutil.copy(ROOT / name, folder / name)
    # What serves the guide and finds places: the other extensions read the real steps.
    for name in ("live", "hint", "listings"):
        shutil.copytree(ROOT / "docs_ext" / name, folder / "docs_ext" / name, ignore=ignore)
    shutil.copy(ROOT / "docs_ext" / "__init__.py", folder / "docs_ext")
    small = SmallWorkbook(folder)
    # A page of its own: the real ones show the real steps.
    small.write(
        {"mkdocs.yml": "site_name: Small\n", "docs/index.md": "# A small guide\n"}, below="."
    )
    so_far: dict[str, str] = {}
    for name, files in STEPS.items():
        so_far |= files
        small.write(so_far, below=f"steps/{name}")
    return small
