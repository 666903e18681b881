"""Waits that have an end. Plain standard library."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")


def wait_until(
    condition: Callable[[], Answer], within_seconds: float, pause_seconds: float = 0.05
) -> Answer:
    """Ask `condition` again and again until it holds; return its last answer.

    It is asked once at least, and no more once `within_seconds` are over: the answer is false then.
    What it raises ends the wait.
    """
    deadline = time.monotonic() + within_seconds
    while not (answer := condition()) and time.monotonic() < deadline:
        time.sleep(pause_seconds)
    return answer
