"""Brings what drives a browser before the checks of a page ask for it, once, as `check` does."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from docs_ext.live.processes import started
from workbook.bootstrap import environment
from workbook.bootstrap.portions import BASE, BROWSER
from workbook.browser import find_chromium
from workbook.commands.check import looks_through_a_browser
from workbook.projects.lessons import find_lesson
from workbook.runtime.signals import APART

BRING = "from workbook.commands.check import bring_browser_driver as bring; bring()"


def is_missing(label: str) -> bool:
    """Tell whether the checks of `label` look through a browser that nothing here can drive."""
    return (
        looks_through_a_browser(find_lesson(label).checks)
        and find_chromium() is not None
        and not environment.is_complete((BASE, BROWSER))
    )


async def bring(root: Path, variables: Mapping[str, str]) -> None:
    """Install it. What that says goes to the guide's terminal; without it the checks go on."""
    bringing = started(
        *("-P", "-c", BRING),
        cwd=root,
        env=dict(variables),
        stdin=asyncio.subprocess.DEVNULL,
        **APART,  # Ctrl-C is for the guide, which ends this one
    )
    async with bringing as process:
        await process.wait()
