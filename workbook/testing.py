"""`test`: proves the workbook itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from workbook.places import ROOT


def run_tests(arguments: Sequence[str], everything: bool) -> int:
    """Run pytest on the workbook's tests with more `arguments` for it; return its exit code.

    `everything`: the long rounds too.
    """
    command = [sys.executable, "-m", "pytest", *(["--all"] if everything else []), *arguments]
    sys.stdout.flush()
    if os.name == "posix":
        # pytest takes this process's place: Ctrl-C and its summary's last line are its own.
        os.chdir(ROOT)
        os.execv(command[0], command)
    return subprocess.run(command, cwd=ROOT, check=False).returncode
