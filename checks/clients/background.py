"""Something that goes on beside the checks: begun early, asked for its result later."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Later(Generic[Result]):
    """Runs `work` in a thread of its own."""

    def __init__(self, work: Callable[[], Result]) -> None:
        self._work = work
        self._result: Result | None = None
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait(self, within: float) -> None:
        """Wait for its end, whatever comes of it, `within` seconds at the most."""
        self._thread.join(within)

    def result(self, within: float) -> Result:
        """Wait for its end and return its result, or raise what it raised.

        Raises TimeoutError where it takes longer than `within` seconds.
        """
        self.wait(within)
        if self._thread.is_alive():
            raise TimeoutError(f"not at its end within {within:g} s")
        if self._error:
            raise self._error
        return self._result

    def _run(self) -> None:
        try:
            self._result = self._work()
        except Exception as error:  # told to whoever asks for the result
            self._error = error
