"""`test`: proves the workbook itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from workbook.places import ROOT

# Most tests wait for processes: a few side by side fit on two cores. A module's tests stay
# together, for they share what they started.
SIDE_BY_SIDE = ("-n", "3", "--dist", "loadscope")


def run_tests(arguments: Sequence[str], everything: bool) -> int:
    """Run pytest on the workbook's tests with more `arguments` for it; return its exit code.

    `everything`: the long rounds too.
    """
    rounds = ["--all"] if everything else []
    command = [sys.executable, "-m", "pytest", *SIDE_BY_SIDE, *rounds, *arguments]
    sys.stdout.flush()
    if os.name == "posix":
        # pytest takes this process's place: Ctrl-C and its summary's last line are its own.
        os.chdir(ROOT)
        os.execv(command[0], command)
    return subprocess.run(command, cwd=ROOT, check=False).returncode
