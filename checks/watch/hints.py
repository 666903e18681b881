"""Asks `workbook hint` for the ✗ under `--watch`; without hints, the section of the guide."""

import os
import subprocess
import sys
from textwrap import indent

from checks.reporting.events import Told
from checks.reporting.guide_links import address_of
from checks.target import Target
from workbook.invocation import CALL, tool_command
from workbook.paths import ROOT
from workbook.runtime.process_output import AS_TEXT

SECONDS = 60
MARGIN = "  "


def hint_on(cross: Told, target: Target, width: int) -> str:
    """Return what leads on from a ✗ of the checks on `target`, in lines of `width` columns.

    The tool's hints are on `work/`, and on what the checks have written down of it.
    """
    if target.kind == "work":
        return indent(_asked(target.label, width - len(MARGIN)), MARGIN)
    if cross.not_yet is None:
        return indent(cross.reason, MARGIN)
    place = cross.not_yet.guide
    address = address_of(place)
    told = f"The guide explains it: {place}."
    if address:
        told += f" Once `{tool_command()} guide` runs:\n{address}"
    return indent(told, MARGIN)


def _asked(label: str, width: int) -> str:
    command = [sys.executable, "-P", "-c", CALL, "hint", label]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
            env=os.environ | {"COLUMNS": str(width), "PYTHONPATH": str(ROOT)},
            **AS_TEXT,
        )
    except subprocess.TimeoutExpired:
        return (
            f"No hint came within {SECONDS} seconds. Ask in another terminal: {tool_command()} hint"
        )
    return done.stdout
