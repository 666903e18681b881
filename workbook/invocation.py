"""How the tool is called, for the sentences that tell a person what to type."""

from __future__ import annotations

import os

# Set by `shell` to the number of its process. There the tool is a command, from whatever folder.
SHELL_MARK = "WORKBOOK_SHELL"


def tool_command() -> str:
    """Return what comes before the verb here: macOS and Linux know no `py`."""
    if os.environ.get(SHELL_MARK):
        return "workbook"
    return "py workbook" if os.name == "nt" else "python3 workbook"
