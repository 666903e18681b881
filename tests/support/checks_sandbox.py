"""Tiny checks of a test's own, with the real voice, in a small workbook."""

import compileall
import os
import shutil
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from tests.support.forked_pytest import PytestOutput, run_pytest
from tests.support.workbook_copy import SmallWorkbook, make_small_workbook
from workbook.paths import ROOT

IMPORTS = "import pytest\nfrom checks.verdicts import CannotTell, NotYet, check\n"


@dataclass(frozen=True)
class TinyChecks:
    """A small workbook whose checks are those that a test writes."""

    small: SmallWorkbook

    @property
    def root(self) -> Path:
        """The workbook's folder."""
        return self.small.root

    def write(self, source: str, step: int = 3, name: str = "test_tiny.py") -> None:
        """Write the checks of a step."""
        text = IMPORTS + textwrap.dedent(source)
        self.small.write({f"step_{step:02d}/{name}": text}, below="checks")

    def begin_work(self, manage: str = "manage.py") -> None:
        """Make a `work/` that looks like the end of step 03."""
        shutil.copytree(self.root / "steps" / "03-third", self.small.work)
        self.small.write({manage: ""})

    def environment(self, **variables: str) -> dict[str, str]:
        """Return an environment without whatever would change the output."""
        plain = {"COLUMNS": "80", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        plain["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # those of others only cost time
        unwanted = {"NO_COLOR", "FORCE_COLOR", "PY_COLORS", "PYTEST_ADDOPTS", "CI", "TERM"}
        kept = {name: value for name, value in os.environ.items() if name not in unwanted}
        return kept | plain | variables

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of a pytest run."""
        return [sys.executable, "-P", "-m", "pytest", *self._arguments(*arguments)]

    def _arguments(self, *arguments: str) -> list[str]:
        return list(arguments or ("checks/step_03",))

    def run(self, *arguments: str, cwd: Path | None = None, **variables: str) -> PytestOutput:
        """Run pytest on the checks, without a terminal; without arguments on those of step 03."""
        asked, environment = self._arguments(*arguments), self.environment(**variables)
        return run_pytest(asked, cwd or self.root, environment, safe_path=True)


def make_tiny_checks(folder: Path) -> TinyChecks:
    """Lay a small workbook with the real voice and without checks into `folder`."""
    tiny = TinyChecks(make_small_workbook(folder))
    shutil.copy(ROOT / "pyproject.toml", folder / "pyproject.toml")
    ignore = shutil.ignore_patterns("__pycache__", "step_*")
    shutil.copytree(ROOT / "checks", folder / "checks", ignore=ignore)
    # The runs write no bytecode, because the checks may change twice a second; so it is made here.
    compileall.compile_dir(folder, quiet=1)
    return tiny
