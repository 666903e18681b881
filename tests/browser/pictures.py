"""Draws the pictures of the guide: `python -m tests.browser.pictures [NAME …]`.

They are photographs of the snapshots as they run, at the moment that scenes.py leads to, in light
and in dark.
"""

import sys
from base64 import b64encode
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.scenes import SCENES, Scene
from tests.support.snapshots import SnapshotRun, snapshot_run
from workbook.browser import browser, find_chromium
from workbook.errors import WorkbookError
from workbook.paths import ROOT

PICTURES = ROOT / "docs" / "img"
BOTH, WIDEST = {"width": 1000, "height": 100}, 960
FRAME = """<!doctype html>
<body style="margin:0;padding:20px;display:flex;gap:20px;align-items:start;
  background:{back};font:14px sans-serif">
{pages}
</body>
"""
WINDOW = """
<figure style="margin:0;border:1px solid {line};border-radius:10px;overflow:hidden">
  <figcaption style="padding:8px 14px;background:{line};color:{text}">
    localhost:8000{path}
  </figcaption>
  <img src="data:image/png;base64,{image}" style="display:block;width:{width}px">
</figure>
"""
COLOURS = {
    "light": {"back": "#ffffff", "line": "#d5ddd7", "text": "#1b2620"},
    "dark": {"back": "#0d1117", "line": "#35423b", "text": "#e4ebe6"},
}


def photograph(scene: Scene, step: SnapshotRun, chromium: Browser, scheme: str) -> None:
    """Save the pages of `scene`, side by side, as `docs/img/NAME-SCHEME.png`."""
    with chromium.new_context(
        base_url=step.url, viewport=scene.size, color_scheme=scheme, device_scale_factor=1
    ) as context:
        shots = [b64encode(one.screenshot()).decode() for one in scene.play(step, context)]
    values = COLOURS[scheme] | {"path": scene.path, "width": min(scene.size["width"], WIDEST)}
    windows = "".join(WINDOW.format(image=shot, **values) for shot in shots)
    with chromium.new_page(viewport=BOTH) as page:
        page.set_content(FRAME.format(pages=windows, **COLOURS[scheme]))
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=picture_of(scene, scheme), full_page=True)


def picture_of(scene: Scene, scheme: str) -> Path:
    """Return the file of a scene's picture."""
    return PICTURES / f"{scene.name}-{scheme}.png"


def main() -> None:
    """Run the snapshots and draw the pictures, or those that are named."""
    executable = find_chromium()
    if executable is None:
        raise WorkbookError("The pictures need Chromium, and none was found.")
    wanted = [scene for scene in SCENES if scene.name in sys.argv[1:] or not sys.argv[1:]]
    with browser(executable) as chromium:
        for scene in wanted:
            for scheme in COLOURS:
                with snapshot_run(scene.step, **scene.variables) as step:
                    photograph(scene, step, chromium, scheme)


if __name__ == "__main__":
    main()
