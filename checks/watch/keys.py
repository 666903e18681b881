"""Single keys from a terminal, without Enter. Where there is none, no key ever comes."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

LOOK_SECONDS = 0.1
STDIN = 0


def has_terminal() -> bool:
    """Tell whether keys can come."""
    return sys.stdin is not None and sys.stdin.isatty()


@contextmanager
def read_keys(pressed: Callable[[str], None]) -> Iterator[None]:
    """Call `pressed` with each key, from another thread, inside the block."""
    if not has_terminal():
        yield
        return
    over = threading.Event()
    with _each_key():
        threading.Thread(target=_read, args=(pressed, over), daemon=True).start()
        try:
            yield
        finally:
            over.set()


@contextmanager
def read_piped_keys(pressed: Callable[[str], None]) -> Iterator[None]:
    """Call `pressed` with each character that another process sends, and with `q` at its end."""
    threading.Thread(target=_read_pipe, args=(pressed,), daemon=True).start()
    yield


def _read_pipe(pressed: Callable[[str], None]) -> None:
    # Not through sys.stdin, whose lock a thread that still reads would hold at the end.
    with suppress(OSError):
        while key := os.read(STDIN, 1):
            pressed(key.decode("ascii", "ignore"))
    pressed("q")


def _read(pressed: Callable[[str], None], over: threading.Event) -> None:
    with suppress(OSError, ValueError):  # the terminal is gone
        while not over.is_set():
            key = _next_key()
            if key and not over.is_set():
                pressed(key)


if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def _each_key() -> Iterator[None]:
        yield

    def _next_key() -> str:
        threading.Event().wait(LOOK_SECONDS)
        return msvcrt.getwch() if msvcrt.kbhit() else ""

else:
    import select
    import termios
    import tty

    @contextmanager
    def _each_key() -> Iterator[None]:
        """Let keys come one by one, unseen; Ctrl-C stays what it is."""
        terminal = sys.stdin.fileno()
        before = termios.tcgetattr(terminal)
        tty.setcbreak(terminal)
        # The shell sets its own mode while the verb is stopped with Ctrl-Z.
        former = signal.signal(signal.SIGCONT, lambda *_: tty.setcbreak(terminal))
        try:
            yield
        finally:
            signal.signal(signal.SIGCONT, former)
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)

    def _next_key() -> str:
        terminal = sys.stdin.fileno()
        if not select.select([terminal], [], [], LOOK_SECONDS)[0]:
            return ""
        pressed = os.read(terminal, 1)
        if not pressed:
            raise OSError("the terminal is gone")
        return pressed.decode("ascii", "ignore")
