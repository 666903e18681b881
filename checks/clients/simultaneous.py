"""Requests of one visitor at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from checks.clients.http_client import Answer, Visitor

# What the last of them may take until all of its form but a byte is sent.
MEET_SECONDS = 4


def post_at_once(visitor: Visitor, path: str, number: int = 2, *, within: float) -> list[Answer]:
    """Send a form `number` times with htmx, and return the answers.

    The last byte of each waits for the others: so the server begins all of them together.
    """
    meeting = threading.Barrier(number)

    def meet() -> None:
        with suppress(threading.BrokenBarrierError):  # one could not be sent: its answer tells
            meeting.wait(MEET_SECONDS)

    def post(_: int) -> Answer:
        return visitor.post(path, htmx=True, within=within, before_end=meet)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(post, range(number)))
