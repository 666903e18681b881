"""The reader's web server: it restarts itself when a file was saved, which takes a moment.

Which processes were there when a file was saved tells who has read it: those that came later. Their
times of birth don't: Linux counts them from a boot whose time it gives in whole seconds (`btime` in
proc(5)), so that a server seems up to a second older than a file that was saved before its start.
"""

import os
import socket
import time
from pathlib import Path

import psutil

from tests.guide.replay.errors import Mishap
from tests.guide.replay.reader.terminals import Terminals

PORT = 8000
SETTLE_SECONDS = 40
SAVE_AGAIN_SECONDS = 5
# The watcher looks every second, and has templates read anew that were changed.
TEMPLATE_SECONDS = 2.5


class Server:
    """Knows whether the server in a terminal runs the files as they were saved last."""

    def __init__(self, terminals: Terminals) -> None:
        self._terminals = terminals
        self._file: Path | None = None
        self._before_the_edit: frozenset[psutil.Process] = frozenset()
        self._template_edited = -TEMPLATE_SECONDS

    def edited(self, file: Path) -> None:
        """Take note that a file was saved."""
        if file.suffix == ".py" and file.exists():
            self._file, self._before_the_edit = file, self._processes()
        elif file.suffix == ".html":
            self._template_edited = time.monotonic()

    def settle(self) -> None:
        """Wait until the server, if one runs, has read what was saved last, and answers."""
        if not self._terminals.runs("web server"):
            return
        if "--noreload" in self._terminals.running("web server").command:
            return  # it reads nothing that is saved
        began = time.monotonic()
        time.sleep(max(0.0, self._template_edited + TEMPLATE_SECONDS - began))
        saved_again = 0
        while not (has_read := self._has_read_the_edit()) or not _answers():
            waited = time.monotonic() - began
            if waited > SETTLE_SECONDS:
                shown = self._terminals.running("web server").shown[-2000:]
                raise Mishap(f"the web server does not come back after the last edit:\n{shown}")
            if not has_read and self._file and waited > SAVE_AGAIN_SECONDS * (saved_again + 1):
                # Saved while the server was restarting, so its watcher has not noticed. People
                # save once more then.
                os.utime(self._file)
                saved_again += 1
            time.sleep(0.2)

    def _has_read_the_edit(self) -> bool:
        return bool(self._processes() - self._before_the_edit)

    def _processes(self) -> frozenset[psutil.Process]:
        """Return what serves now: the watcher, and the process that it ends and starts anew."""
        if not self._terminals.runs("web server"):
            return frozenset()
        started = self._terminals.running("web server").processes()
        return frozenset(one for one in started if _serves(one))


def _serves(process: psutil.Process) -> bool:
    try:
        return "runserver" in process.cmdline()
    except psutil.NoSuchProcess:  # it has just ended
        return False


def _answers() -> bool:
    try:
        socket.create_connection(("localhost", PORT), timeout=1).close()
    except OSError:
        return False
    return True
