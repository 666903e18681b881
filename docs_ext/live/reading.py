"""Which step's or lesson's page is read: the one that was shown last."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# A browser behind the editor's window may count as hidden: its page is still the one that is read.
AWAY_SECONDS = 15 * 60


class Reading:
    """The pages that are shown, by the label of their step or lesson."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._shown: list[str] = []
        self._left: tuple[str, float] | None = None

    @property
    def label(self) -> str | None:
        """The step or lesson whose page is read, None for none; one left counts a while."""
        if self._shown:
            return self._shown[-1]
        if self._left and self._clock() - self._left[1] <= AWAY_SECONDS:
            return self._left[0]
        return None

    @contextmanager
    def page(self, label: str | None) -> Iterator[None]:
        """Count a page as shown inside the block; one of no step and no lesson changes nothing."""
        if label is None:
            yield
            return
        self._shown.append(label)
        try:
            yield
        finally:
            if self._shown[-1] == label:
                self._left = (label, self._clock())
            self._shown.remove(label)
