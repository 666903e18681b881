"""The reader's web server: it restarts itself when a file was saved, which takes a moment."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import psutil

from tests.guide.replay.desk import Desk
from tests.guide.replay.mishaps import Mishap

PORT = 8000
SETTLE_SECONDS = 40
SAVE_AGAIN_SECONDS = 5
# The watcher looks every second, and has templates read anew that were changed.
TEMPLATE_SECONDS = 2.5


class Server:
    """Knows whether the server on the desk runs the files as they were saved last."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._edited = 0.0
        self._file: Path | None = None
        self._template_edited = -TEMPLATE_SECONDS

    def edited(self, file: Path) -> None:
        """Take note that a file was saved."""
        if file.suffix == ".py" and file.exists():
            self._edited, self._file = time.time(), file
        elif file.suffix == ".html":
            self._template_edited = time.monotonic()

    def settle(self) -> None:
        """Wait until the server, if one runs, has read what was saved last, and answers."""
        if not self._desk.runs("web server"):
            return
        began = time.monotonic()
        time.sleep(max(0.0, self._template_edited + TEMPLATE_SECONDS - began))
        saved_again = 0
        while not (self._born() > self._edited and _answers()):
            waited = time.monotonic() - began
            if waited > SETTLE_SECONDS:
                shown = self._desk.running("web server").shown[-2000:]
                raise Mishap(f"the web server does not come back after the last edit:\n{shown}")
            if waited > SAVE_AGAIN_SECONDS * (saved_again + 1):
                # Saved while the server was restarting, so its watcher has not noticed. People
                # save once more then.
                os.utime(self._file)
                saved_again += 1
            time.sleep(0.2)

    def _born(self) -> float:
        """Return when the process was started that serves: the one that its watcher restarts."""
        terminal = self._desk.running("web server")
        try:
            return max(
                (one.create_time() for one in terminal.processes() if "runserver" in one.cmdline()),
                default=0.0,
            )
        except psutil.NoSuchProcess:  # it is being restarted right now
            return 0.0


def _answers() -> bool:
    try:
        socket.create_connection(("localhost", PORT), timeout=1).close()
    except OSError:
        return False
    return True
