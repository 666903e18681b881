"""Programs in a console window of their own, and the keys that are pressed in it."""

import ctypes
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.commands import run_command
from tests.windows.inside.outcome import Fault
from workbook.paths import ROOT
from workbook.runtime.process_output import AS_TEXT
from workbook.runtime.waiting import wait_until

KEYS = {"ctrl-c": 0, "ctrl-break": 1}
UNDER_WINE = sys.platform == "win32" and hasattr(ctypes.windll.ntdll, "wine_get_version")
# Wine asks no program at this key: it ends all that share the console, whoever pressed it too.
ENDS_AT_ONCE = ("ctrl-break",) if UNDER_WINE else ()
# Joins the console of a process and presses a key there. A key reaches all who share a console, so
# that whoever presses it leaves its own first.
PRESS = """
import ctypes, sys
kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
kernel32.FreeConsole()
if not kernel32.AttachConsole(int(sys.argv[1])):
    sys.exit(f"no console: {ctypes.get_last_error()}")
stays = ctypes.WINFUNCTYPE(ctypes.c_int, ctypes.c_uint)(lambda key: True)
kernel32.SetConsoleCtrlHandler(stays, True)
if not kernel32.GenerateConsoleCtrlEvent(int(sys.argv[2]), 0):
    sys.exit(f"no key: {ctypes.get_last_error()}")
"""
# Presses the x of the window in which that console is shown (WM_CLOSE).
CLOSE = """
import ctypes, sys
kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
user32 = ctypes.WinDLL("user32", use_last_error=True)
kernel32.FreeConsole()
if not kernel32.AttachConsole(int(sys.argv[1])):
    sys.exit(f"no console: {ctypes.get_last_error()}")
kernel32.GetConsoleWindow.restype = ctypes.c_void_p
window = ctypes.c_void_p(kernel32.GetConsoleWindow())
kernel32.FreeConsole()
if not window or not user32.PostMessageW(window, 0x10, None, None):
    sys.exit(f"no window: {ctypes.get_last_error()}")
"""


class Program:
    """A call of the tool in a console of its own; what it prints comes through a pipe."""

    def __init__(self, *arguments: str) -> None:
        self.name = f"workbook {arguments[0]}"
        self._lines: list[str] = []
        self.process = subprocess.Popen(
            [sys._base_executable, "workbook", *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            creationflags=subprocess.CREATE_NEW_CONSOLE,
            **AS_TEXT,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def said(self) -> str:
        """What it has printed so far."""
        return "".join(self._lines)

    def wait_for(self, words: str, seconds: float) -> None:
        """Wait until it has printed `words`. Raises Fault where it does not, or ends."""

        def is_there() -> bool:
            return words in self.said or self.process.poll() is not None

        wait_until(is_there, seconds)
        if words not in self.said:
            raise Fault(f"{self.name} did not print “{words}” within {seconds} s:\n{self.said}")

    def press(self, key: str) -> None:
        """Press a key of KEYS in its console."""
        self._act(key, PRESS, str(KEYS[key]), may_end_too=key in ENDS_AT_ONCE)

    def close_window(self) -> None:
        """Close its console's window."""
        self._act("closing its window", CLOSE)

    def _act(self, what: str, code: str, *arguments: str, may_end_too: bool = False) -> None:
        command = [sys._base_executable, "-c", code, str(self.process.pid), *arguments]
        done = run_command(command, stderr=subprocess.STDOUT, timeout=60)
        if done.returncode and not may_end_too:
            raise Fault(f"{what} could not be done: {done.returncode} {done.stdout.strip()}")

    def wait(self, seconds: float) -> int:
        """Wait until it has ended, and return its exit code. Raises Fault where it does not."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Fault(f"{self.name} goes on after {seconds} s:\n{self.said}") from None
        self._reader.join(10)
        return code

    def _read(self) -> None:
        assert self.process.stdout, "it is a pipe"
        for line in self.process.stdout:
            self._lines.append(line)


@contextmanager
def workbook(*arguments: str) -> Iterator[Program]:
    """Call the tool as a person does, with the Python that they installed; kill it at the end."""
    program = Program(*arguments)
    try:
        yield program
    finally:
        program.process.kill()
