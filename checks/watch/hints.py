"""The hint for a ✗: the tool's own where it has them, else the guide's section."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

from checks.reporting.events import Told
from checks.reporting.guide_links import address_of
from checks.target import Target
from workbook.invocation import tool_command
from workbook.paths import ROOT
from workbook.runtime.process_output import AS_TEXT

SECONDS = 60


def hint_on(cross: Told, target: Target) -> str:
    """Return what leads on from a ✗ of the checks on `target`."""
    if target.kind == "work" and find_spec("workbook.commands.hint"):
        return _asked(target.label)
    if cross.not_yet is None:
        return cross.reason
    place = cross.not_yet.guide
    address = address_of(place)
    return f"The guide tells of it: {place}\n" + (
        f"{address}, once `{tool_command()} guide` runs" if address else ""
    )


def _asked(label: str) -> str:
    command = [sys.executable, str(ROOT / "workbook"), "hint", label]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            check=False,
            **AS_TEXT,
        )
    except subprocess.TimeoutExpired:
        return (
            f"No hint came within {SECONDS} seconds. Ask in another terminal: {tool_command()} hint"
        )
    return done.stdout
