"""Requires a real browser for a check: its executable from `workbook.browser`, or a – without."""

from pathlib import Path

from checks.target import Target
from checks.verdicts import Lacks
from workbook.browser import find_chromium, has_driver
from workbook.invocation import tool_command


def find_browser(target: Target) -> Path:
    """Return the browser's executable. Raises Lacks without one, or without what drives it."""
    executable = find_chromium()
    if executable is None:
        raise Lacks("there is no Chromium, Chrome or Edge on this machine: install one")
    if not has_driver():
        named = "" if target.kind == "work" else f' --target "{target.shown}"'
        command = f"{tool_command()} check {target.label}{named}"
        raise Lacks(f"it takes the package playwright, which this installs: `{command}`")
    return executable
