"""A terminal of the reader: bash on a pseudo-terminal, of 80 columns."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

from workbook.runtime.waiting import wait_until

PROMPT = "reader@here$ "
# `workbook shell` puts this before it.
ACTIVE = "(workbook) "
SHELL_PROMPT = ">>> "
CTRL_C, CTRL_Z = b"\x03", b"\x1a"
# Colours, titles and the like: what a terminal does not show as characters.
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\x1b[@-_]")
SIZE = struct.pack("HHHH", 24, 80, 0, 0)
BASH = ("bash", "--norc", "--noprofile", "--noediting", "-i")
# Only who has a terminal of its own, as a window gives one, hears a Ctrl-C that is typed there.
OWN_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
PAUSE_SECONDS = 0.05


class Terminal:
    """What is typed into it, and all it has shown so far."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._here, there = pty.openpty()
        fcntl.ioctl(there, termios.TIOCSWINSZ, SIZE)
        self._process = subprocess.Popen(
            [sys.executable, "-c", OWN_TERMINAL, *BASH],
            cwd=folder,
            env={**environment, "PS1": PROMPT, "TERM": "dumb", "VIRTUAL_ENV_DISABLE_PROMPT": "1"},
            stdin=there,
            stdout=there,
            stderr=there,
            start_new_session=True,
        )
        os.close(there)
        self._raw = b""
        self.command = ""  # the last one that was typed
        threading.Thread(target=self._listen, daemon=True).start()
        self.wait(lambda: self.is_idle, 10)

    @property
    def shown(self) -> str:
        """Everything on it since it was opened."""
        return _as_shown(self._raw)

    @property
    def mark(self) -> int:
        """Where it stands now, for `since`."""
        return len(self._raw)

    @property
    def is_idle(self) -> bool:
        """Whether bash waits for a command."""
        return self.shown.endswith(PROMPT)

    @property
    def asks_for_python(self) -> bool:
        """Whether a Python shell in it waits for a line."""
        return self.shown.endswith(SHELL_PROMPT)

    @property
    def folder(self) -> Path:
        """The folder that its shell is in: the innermost one, if one was started in another."""
        shell = psutil.Process(self._process.pid)
        while inner := shell.children():
            shell = inner[0]
        return Path(shell.cwd())

    def type(self, text: str) -> int:
        """Type a line and Enter; return the mark where the answer begins."""
        mark = self.mark
        os.write(self._here, f"{text}\n".encode())
        # The echo of what was typed ends with the first new line.
        self.wait(lambda: b"\n" in self._raw[mark:], 10)
        return self._raw.index(b"\n", mark) + 1

    def press(self, key: bytes) -> None:
        """Press a key without Enter: CTRL_C or CTRL_Z."""
        os.write(self._here, key)

    def since(self, mark: int) -> str:
        """Return what it has shown since then, without bash's or Python's prompt at the end."""
        shown = _as_shown(self._raw[mark:])
        for prompt in (PROMPT, ACTIVE, SHELL_PROMPT):
            shown = shown.removesuffix(prompt)
        return shown

    def wait(self, is_so: Callable[[], bool], seconds: float) -> bool:
        """Wait until it is so, for that long at most; tell whether it is."""
        return wait_until(is_so, seconds, PAUSE_SECONDS)

    def close(self) -> None:
        """End everything in it."""
        for process in self.processes():
            process.kill()
        self._process.kill()
        self._process.wait(10)

    def processes(self) -> list[psutil.Process]:
        """Return what was started in it and still lives."""
        return psutil.Process(self._process.pid).children(recursive=True)

    def _listen(self) -> None:
        try:
            while part := os.read(self._here, 65536):
                self._raw += part
        except OSError:  # how Linux says that nobody is left at the other end
            pass


def _as_shown(raw: bytes) -> str:
    """Return what is left on a screen: no colours, and of a line written over, the last version."""
    text = ESCAPES.sub("", raw.decode("utf-8", "replace")).replace("\r\n", "\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
