"""Draws the pictures of the finished page: `python -m tests.browser.pictures`.

They are photographs of step 05 as it runs, two pages side by side, in light and in dark.
"""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.support.snapshots import SnapshotRun, snapshot_run
from workbook.chromium import browser, find_chromium
from workbook.errors import WorkbookError
from workbook.places import ROOT

PICTURES = ROOT / "docs" / "img"
PAGE = {"width": 470, "height": 400}
BOTH = {"width": 1000, "height": 480}
FRAME = """
<body style="margin:0;padding:20px;display:flex;gap:20px;background:{back};font:14px sans-serif">
{pages}
</body>
"""
WINDOW = """
<figure style="margin:0;border:1px solid {line};border-radius:10px;overflow:hidden">
  <figcaption style="padding:8px 14px;background:{line};color:{text}">
    localhost:8000/live/
  </figcaption>
  <img src="data:image/png;base64,{image}" style="display:block">
</figure>
"""
COLOURS = {
    "light": {"back": "#ffffff", "line": "#d5ddd7", "text": "#1b2620"},
    "dark": {"back": "#0d1117", "line": "#35423b", "text": "#e4ebe6"},
}


def photograph(step: SnapshotRun, chromium: Browser, scheme: str) -> None:
    """Save both live pages, just told the same status, as `docs/img/live-SCHEME.png`."""
    with chromium.new_context(
        base_url=step.url, viewport=PAGE, color_scheme=scheme, device_scale_factor=1
    ) as context:
        pages = [context.new_page() for _ in range(2)]
        for page in pages:
            page.goto("/live/")
        for page in pages:
            expect(page.locator("#status")).to_have_text("FINISHED", timeout=15_000)
        shots = [b64encode(page.screenshot()).decode() for page in pages]
    colours = COLOURS[scheme]
    windows = "".join(WINDOW.format(image=shot, **colours) for shot in shots)
    with chromium.new_context(viewport=BOTH) as context:
        page = context.new_page()
        page.set_content(FRAME.format(pages=windows, **colours))
        page.screenshot(path=_picture(scheme), full_page=True)


def _picture(scheme: str) -> Path:
    PICTURES.mkdir(parents=True, exist_ok=True)
    return PICTURES / f"live-{scheme}.png"


def main() -> None:
    """Run step 05 and draw its pictures."""
    executable = find_chromium()
    if executable is None:
        raise WorkbookError("The pictures need Chromium, and none was found.")
    with snapshot_run("05", STATUS_INTERVAL="2") as step, browser(executable) as chromium:
        for scheme in COLOURS:
            photograph(step, chromium, scheme)


if __name__ == "__main__":
    main()
