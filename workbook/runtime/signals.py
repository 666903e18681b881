"""Hears Ctrl-C, SIGTERM and a closed terminal, and raises: one orderly end. It kills nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from typing import TypedDict

    class ApartOptions(TypedDict, total=False):
        """What subprocess takes for it."""

        start_new_session: bool
        creationflags: int


# Ctrl-C is how a person ends a verb that runs without an end: nothing went wrong.
EXIT_CODES = {signal.SIGINT: 0, signal.SIGTERM: 143}
HANG_UP = signal.SIGTERM
if hasattr(signal, "SIGHUP"):
    HANG_UP = signal.SIGHUP
    EXIT_CODES[signal.SIGHUP] = 129
if hasattr(signal, "SIGBREAK"):  # Windows: the console is closed
    HANG_UP = signal.SIGBREAK
    EXIT_CODES[signal.SIGBREAK] = 129

# For subprocess, as **APART: a child that no key in our terminal reaches, for the verb ends it.
APART: ApartOptions = {"start_new_session": True}
if sys.platform == "win32":
    APART = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}


def hold_interrupts() -> None:
    """Put Ctrl-C off until `release_interrupts`, in this process and in what it starts meanwhile.

    A Python that starts shows a traceback for one that comes before its first line. So what takes
    this process's place, or is started by it, releases them itself once it can end in order. Does
    nothing on Windows, where no program takes the place of another.
    """
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def release_interrupts() -> None:
    """Let Ctrl-C through again: one that came meanwhile is raised here, as KeyboardInterrupt."""
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


@contextmanager
def handled(handlers: Mapping[int, Any]) -> Iterator[None]:
    """Handle signals inside the block, each in its own way; after it as before."""
    before = {signum: signal.signal(signum, handler) for signum, handler in handlers.items()}
    try:
        yield
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)


def wait_for_successor(process: subprocess.Popen[Any]) -> int:
    """Wait for a child that goes on with what this process was called for; return its exit code.

    The child hears Ctrl-C and Ctrl-Break as well, and ends in its own way: until it has, this
    process stays. SIGTERM is handed on to it, and ends this process after it. Interrupts that were
    held while the child was started are released.
    """
    keys = [getattr(signal, name) for name in ("SIGINT", "SIGBREAK") if hasattr(signal, name)]
    asked = []

    def hand_on(signum: int, _frame: FrameType | None) -> None:
        asked.append(signum)
        process.terminate()

    with handled({**dict.fromkeys(keys, lambda *_: None), signal.SIGTERM: hand_on}):
        if sys.platform != "win32" and signal.SIGINT in signal.sigpending():
            process.send_signal(signal.SIGINT)  # it may have come before there was a child
        release_interrupts()
        code = process.wait()
    if asked:
        signal.raise_signal(signal.SIGTERM)
    return code


class StopRequested(BaseException):
    """The verb was asked to end. Not an Exception, so that no library swallows it."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.exit_code = EXIT_CODES[signal.Signals(signum)]


class StopSignals:
    """Raises StopRequested once, in the main thread, for the first signal that comes.

    Later ones set `hurry` alone, so that they never interrupt the cleaning up.
    """

    def __init__(self) -> None:
        self.hurry = False
        self._received: int | None = None
        self._raised = False
        self._ending = False
        self._held = 0

    def is_stopping(self) -> bool:
        """Tell whether a signal has asked the verb to end."""
        return self._received is not None or self.hurry

    @contextmanager
    def listening(self) -> Iterator[StopSignals]:
        """Handle the signals inside the block, and put back what was there before after it."""
        # nohup ignores SIGHUP on purpose.
        is_ignored = signal.getsignal(HANG_UP) is signal.SIG_IGN
        signums = [signum for signum in EXIT_CODES if signum is not HANG_UP or not is_ignored]
        with handled(dict.fromkeys(signums, self._handle)):
            yield self

    @contextmanager
    def held(self) -> Iterator[None]:
        """Put a signal off to the end of the block: what starts in it is on record when it ends."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        if self._received is not None and not (self._raised or self._ending or self._held):
            self._raise(self._received)

    def check(self) -> None:
        """Raise StopRequested again where Python has swallowed it.

        What a signal raises is lost where it meets the end of an object: Python prints it as
        "ignored" and goes on. Each import has such moments. Loops call this once a round.
        """
        if self._received is not None and not self._ending:
            self._raise(self._received)

    def only_hurry(self) -> None:
        """From now on a signal sets `hurry` alone: the verb is ending for another reason."""
        self._ending = True

    def _handle(self, signum: int, _frame: FrameType | None) -> None:
        if self._ending or self._received is not None:
            self.hurry = True
            return
        self._received = signum
        if not self._held:
            self._raise(signum)

    def _raise(self, signum: int) -> NoReturn:
        self._raised = True
        raise StopRequested(signum)
