"""How the tool is called, for the sentences that tell a person what to type."""

from __future__ import annotations

import os

# Set by `shell` to the number of its process. There the tool is a command, from whatever folder.
SHELL_MARK = "WORKBOOK_SHELL"
# For `python -c`: the command line in this environment, without a look at whether it is up to date.
CALL = "import sys; from workbook.cli import main; sys.exit(main(sys.argv[1:]))"


def tool_command() -> str:
    """Return what comes before the verb here: macOS and Linux know no `py`."""
    if os.environ.get(SHELL_MARK):
        return "workbook"
    return "py workbook" if os.name == "nt" else "python3 workbook"
