"""Finds the Chromium of this machine, and starts it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Names the browser to use, whatever else is there.
CHOSEN = "WORKBOOK_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
# Where macOS and Windows keep Chrome: neither puts it on the PATH.
USUAL_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
# It must not look for updates: a page of the workbook needs no network.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium() -> Path | None:
    """Return the browser that CHOSEN names, or this machine's Chromium, Chrome or Edge, if any."""
    if chosen := os.environ.get(CHOSEN):
        return Path(chosen)
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    usual = next((place for place in USUAL_PLACES if Path(place).is_file()), None)
    found = on_path or usual
    return Path(found) if found else None


def has_driver() -> bool:
    """Tell whether playwright is installed, which drives the browser."""
    return find_spec("playwright") is not None


@contextmanager
def browser(executable: Path) -> Iterator[Browser]:
    """Run a browser without a window inside the block."""
    # Imported by those alone who use a browser: it takes as long as a fifth of pytest's start.
    from playwright.sync_api import sync_playwright

    # Chromium's sandbox refuses to work for root, which a container's user often is.
    is_root = sys.platform != "win32" and os.geteuid() == 0
    arguments = [*QUIET, *(["--no-sandbox"] if is_root else [])]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=arguments)
        try:
            yield launched
        finally:
            launched.close()
