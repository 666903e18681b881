"""How the tool is called, for the sentences that tell a person what to type."""

from __future__ import annotations

import os

pass


def tool_command() -> str:
    """Return what comes before the verb on this system: macOS and Linux know no `py`."""
    return "py workbook" if os.name == "nt" else "python3 workbook"
