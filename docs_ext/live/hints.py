"""What the reader asks the tool for from a page: a hint."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

from docs_ext.live.processes import started
from workbook.runtime.process_output import decoded

HINT_SECONDS = 120  # it may have to check first
OUTPUT = {"COLUMNS": "72", "NO_COLOR": "1", "PYTHONUTF8": "1"}
# The command line in this environment, without a look at whether it is up to date.
CALL = "import sys; from workbook.cli import main; sys.exit(main(sys.argv[1:]))"


async def hint(root: Path, label: str, variables: Mapping[str, str]) -> str:
    """Return what `hint` of the workbook in `root` prints for a step.

    `variables` join the environment of what is started.
    """
    asking = started(
        *("-P", "-c", CALL, "hint", label),
        cwd=root,
        env=os.environ | variables | OUTPUT | {"PYTHONPATH": str(root)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asking as process:
        try:
            said, _ = await asyncio.wait_for(process.communicate(), HINT_SECONDS)
        except TimeoutError:
            return f"No hint came within {HINT_SECONDS} seconds."
    return decoded(said).strip()
