"""Asks `workbook hint` for a reader of the live guide."""

import os
from collections.abc import Mapping
from pathlib import Path

from docs_ext.live.processes import output_of
from workbook.invocation import CALL

HINT_SECONDS = 120  # it may have to check first
OUTPUT = {"COLUMNS": "72", "NO_COLOR": "1", "PYTHONUTF8": "1"}


async def hint(root: Path, label: str, variables: Mapping[str, str]) -> str:
    """Return what `hint` of the workbook in `root` prints for a step.

    `variables` join the environment of what is started.
    """
    environment = os.environ | variables | OUTPUT | {"PYTHONPATH": str(root)}
    asked = ("-P", "-c", CALL, "hint", label)
    done = await output_of(*asked, seconds=HINT_SECONDS, cwd=root, env=environment)
    return done[1].strip() if done else f"No hint came within {HINT_SECONDS} seconds."
