"""What htmx and the project say to each other: a fragment, a wait, the next one, until the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from checks.support.fragments import own_words, polled_path
from checks.support.visitor import Answer, Visitor

ANSWER_SECONDS = 4


@dataclass(frozen=True)
class Said:
    """A fragment, and how many seconds after the first one it came."""

    answer: Answer
    at: float

    @property
    def words(self) -> str:
        """What a person reads in it, without the task's id."""
        return own_words(self.answer)


class Conversation:
    """Asks where each fragment says, in a thread of its own, as htmx would.

    It ends with the first fragment that asks for nothing more or is no 2xx, when told to stop,
    or after `seconds`.
    """

    def __init__(self, visitor: Visitor, first: Answer, *, interval: float, seconds: float) -> None:
        self._visitor, self._interval = visitor, interval
        self._start = time.monotonic()
        self._deadline = self._start + seconds
        self._stopped = threading.Event()
        self.said = [Said(first, 0)]
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()

    @property
    def last(self) -> Said:
        """The fragment that came last."""
        return self.said[-1]

    @property
    def goes_on(self) -> bool:
        """Whether it has not come to its end."""
        return self._thread.is_alive()

    def wait_until(self, holds: Callable[[], bool]) -> bool:
        """Wait until `holds` or the conversation is over; return whether it holds."""
        while self.goes_on:
            if holds():
                return True
            self._thread.join(0.1)
        return holds()

    def stop(self) -> None:
        """Ask no more."""
        self._stopped.set()
        self._thread.join(ANSWER_SECONDS + 1)

    def _talk(self) -> None:
        path = polled_path(self.last.answer)
        while path and time.monotonic() < self._deadline:
            if self._stopped.wait(self._interval):
                return
            answer = self._visitor.get(path, htmx=True, within=ANSWER_SECONDS)
            self.said.append(Said(answer, time.monotonic() - self._start))
            path = polled_path(answer) if 200 <= answer.status < 300 else None
