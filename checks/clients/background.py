"""Something that goes on beside the checks: begun early, asked for its result later."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import Generic, TypeVar

from checks.pace import patience

Result = TypeVar("Result")


class Later(Generic[Result]):
    """Runs `work` in a thread of its own."""

    def __init__(self, work: Callable[[], Result]) -> None:
        self._work = work
        self._future: Future[Result] = Future()
        threading.Thread(target=self._run, daemon=True).start()

    def wait(self, within: float) -> None:
        """Wait for its end, whatever comes of it, `within` seconds (see `patience`) at the most."""
        wait([self._future], patience(within))

    def result(self, within: float) -> Result:
        """Wait for its end and return its result, or raise what it raised.

        Raises TimeoutError where it takes longer than `within` seconds, see `patience`.
        """
        self.wait(within)
        if not self._future.done():
            raise TimeoutError(f"not at its end within {patience(within):g} s")
        return self._future.result()

    def _run(self) -> None:
        try:
            self._future.set_result(self._work())
        except BaseException as error:  # told to whoever asks for the result
            self._future.set_exception(error)
