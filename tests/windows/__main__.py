"""`python -m tests.windows COMMAND …`: run a command in a clone on Windows, to look around there.

The clone stays for the next call, in the folder that WORKBOOK_WINDOWS_CLONE names.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.windows.clone import find_windows
from tests.windows.wine import HOME


def main() -> int:
    """Run what the command line names there; return its exit code."""
    folder = Path(os.environ["WORKBOOK_WINDOWS_CLONE"])
    windows = find_windows()
    command = windows.command(folder, HOME / folder.name, sys.argv[1:])
    more = {n: v for n, v in os.environ.items() if n in os.environ.get("W_PASS", "").split()}
    return subprocess.run(command, env=windows.environment(more), cwd=folder).returncode


if __name__ == "__main__":
    sys.exit(main())
