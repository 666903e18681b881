"""A page that connects anew when its websocket is cut, as htmx does."""

from __future__ import annotations

import time

from checks.support.sockets import Refused, Sockets, SocketVisitor

# htmx tries again after these close codes, and after no others.
TRIED_AGAIN = (1006, 1011, 1012, 1013)
PAUSE_SECONDS, LOOK_SECONDS = 0.5, 0.2


class PageAgain:
    """One page, with the websocket that it has at the moment."""

    def __init__(self, sockets: Sockets, base_url: str, visitor: SocketVisitor) -> None:
        self._sockets, self._base_url = sockets, base_url
        self._visitor = visitor
        self.seen = ""

    def is_told(self, within_seconds: float) -> bool:
        """Tell whether it is sent something from now on, over its old websocket or a new one."""
        now = time.monotonic()
        while time.monotonic() < now + within_seconds:
            if self._visitor.wait_for(lambda: self._was_told_since(now), LOOK_SECONDS):
                return True
            self.seen = self._visitor.seen
            if not self._visitor.is_open:
                if self._visitor.close_code not in TRIED_AGAIN:
                    return False
                time.sleep(PAUSE_SECONDS)
                self._connect()
        return False

    def _was_told_since(self, moment: float) -> bool:
        frames = self._visitor.frames
        return bool(frames) and frames[-1].at > moment

    def _connect(self) -> None:
        try:
            self._visitor = self._sockets.open(self._base_url)
        except Refused as refused:
            self.seen = refused.seen
