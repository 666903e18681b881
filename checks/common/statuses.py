"""The statuses that a page is sent over its websocket, and the task that sends them."""

from checks.clients.websocket_client import WebsocketClient
from workbook.passwords import shortened

TASK = "status.tasks.send_status_periodically"
STATUSES = ("RUNNING", "FINISHED")
# What the next status may take: the guide's own interval and a bit.
NEXT_SECONDS = 6.0


def statuses(visitor: WebsocketClient, since: float = 0) -> list[str]:
    """Return the statuses that a visitor was sent, repeats and all, those since a time alone."""
    return [status_in(frame.words) for frame in list(visitor.frames) if frame.at >= since]


def status_in(words: str) -> str:
    """Return the status that a frame's words name, else their beginning."""
    return next((status for status in STATUSES if status in words), shortened(words, 40, " …"))
