"""Server-sent events: whole states to every open page, each when it differs from the last."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

ALIVE_SECONDS = 5.0
RETRY_MS = 1000
States = Mapping[str, Any]


def as_event(name: str, state: object) -> bytes:
    """Return an event as it goes over the line; `state` is what JSON may hold."""
    return f"event: {name}\ndata: {json.dumps(state)}\n\n".encode()


class Subscribers:
    """The open pages, each of which is woken when something may be new."""

    def __init__(self, alive_seconds: float = ALIVE_SECONDS) -> None:
        self._alive_seconds = alive_seconds
        self._waiting: set[asyncio.Event] = set()
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._waiting)

    def wake(self) -> None:
        """Let each look whether something is new for it."""
        for one in self._waiting:
            one.set()

    def close(self) -> None:
        """End each stream, and every one that begins from now on."""
        self._is_closed = True
        self.wake()

    async def stream(self, states: Callable[[], States]) -> AsyncIterator[bytes]:
        """Yield the events of one page: each of the named `states` at first, and when it differs.

        Without news an event `alive` comes now and then: a page that gets none is cut off.
        """
        woken = asyncio.Event()
        self._waiting.add(woken)
        sent: dict[str, Any] = {}
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            while not self._is_closed:
                woken.clear()
                for name, state in states().items():
                    if name not in sent or sent[name] != state:
                        sent[name] = state
                        yield as_event(name, state)
                try:
                    await asyncio.wait_for(woken.wait(), self._alive_seconds)
                except TimeoutError:
                    yield as_event("alive", None)
        finally:
            self._waiting.discard(woken)
