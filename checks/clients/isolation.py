"""Keeps the browser inside the project: no page of it reaches another port, or the Internet."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from workbook.runtime.ports import LOOPBACK, free_port

if TYPE_CHECKING:
    from playwright.sync_api import ProxySettings

# Chromium takes this out of the addresses that it asks without a proxy: those of this machine.
WITH_LOOPBACK = "<-loopback>"


def confined_to(*urls: str) -> ProxySettings:
    """Return the proxy settings of a browser that reaches the servers of `urls` and no others.

    All else, be it a page, a script, a form or a websocket, is sent to a proxy address where
    nothing listens, and fails at once. No name is looked up either: that would be the proxy's job.
    """
    own = [urlsplit(url).netloc for url in urls]
    return {"server": f"http://{LOOPBACK}:{free_port()}", "bypass": ",".join([WITH_LOOPBACK, *own])}
