"""The reader's terminals, and which of them a command goes to.

A command goes to the terminal at hand, if it is idle; else to another, opened if need be. Once a
page has typed `workbook shell`, each new one begins with it. "In the workbook's folder" means a
terminal that is there.
"""

import os
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.guide.replay.errors import Mishap
from tests.guide.replay.reader.terminal import CTRL_C, CTRL_Z, PROMPT, Terminal

# What runs until somebody ends it, by the name that pages call it.
STAYING = {
    "web server": re.compile(r"manage\.py runserver"),
    "worker": re.compile(r"celery .*\bworker\b"),
    "beat": re.compile(r"celery .*\bbeat\b"),
    "Redis": re.compile(r"workbook redis"),
    "run": re.compile(r"workbook run"),
    "shell": re.compile(r"manage\.py shell(?!.* -c )"),
}
SHELL = re.compile(r"python3 workbook shell")
STOP_SECONDS = 60  # a worker ends the run that it has begun, which takes about twenty
OURS = re.compile(
    r"CELERY_|DJANGO_|STATUS_|PYTEST|WORKBOOK|VIRTUAL_ENV|PYTHON|COLUMNS|DEBUG|SECRET"
)


def staying_name(command: str) -> str | None:
    """Return what stays when this command is typed, None if it ends by itself."""
    return next((name for name, pattern in STAYING.items() if pattern.search(command)), None)


class Terminals:
    """Terminals that stand in the workbook's folder `root` or in a project below it."""

    def __init__(self, root: Path, home: Path, own: Path | None = None) -> None:
        """`own`: a virtual environment that the reader switches to, not to the workbook's."""
        self.root = root
        self._own = own
        self.opened: list[Terminal] = []
        self._shell: str | None = None  # what opens a shell in the project, once the page said it
        self._environment = reader_environment(os.environ, home, root)
        # A shell in the project reads it, after the system's own, which sets another prompt.
        (home / ".bashrc").write_text(f"PS1={shlex.quote(PROMPT)}\n", encoding="utf-8")
        self._at_hand: Terminal | None = None
        self._suspended: Terminal | None = None

    def terminal(self, in_the_workbook: bool) -> Terminal:
        """Return an idle terminal, in the workbook's folder or where the page's work is done."""
        idle = [one for one in self.opened if one.is_idle]
        if in_the_workbook:
            standing = [one for one in idle if one.folder == self.root]
            return standing[0] if standing else self._open()
        if self._at_hand not in idle:
            prepared = [one for one in idle if one.folder != self.root]
            self._at_hand = prepared[0] if prepared and self._shell else self._prepared()
        return self._at_hand

    def entered(self, terminal: Terminal, command: str) -> None:
        """Take note that `command` opened a shell in the project there, and switch environments."""
        self._shell, self._at_hand = command, terminal
        if self._own:
            terminal.type(f"source {shlex.quote(str(self._own))}/bin/activate")
            terminal.wait(lambda: terminal.is_idle, 10)

    def running(self, name: str) -> Terminal:
        """Return the terminal in which that runs, by one of the names above."""
        for one in self.opened:
            if not one.is_idle and staying_name(one.command) == name:
                return one
        raise Mishap(f"no terminal runs the {name} now")

    def runs(self, name: str) -> bool:
        """Tell whether that runs in any terminal."""
        return any(staying_name(one.command) == name for one in self.busy)

    @property
    def busy(self) -> list[Terminal]:
        """The terminals in which something runs."""
        return [one for one in self.opened if not one.is_idle]

    def stop(self, name: str) -> None:
        """Press Ctrl-C where that runs, and wait for the prompt."""
        terminal = self.running(name)
        terminal.press(CTRL_C)
        if not terminal.wait(lambda: terminal.is_idle, STOP_SECONDS):
            shown = terminal.shown[-600:]
            raise Mishap(f"{name} goes on {STOP_SECONDS} s after Ctrl-C. Its last words:\n{shown}")

    def suspend(self, name: str) -> None:
        """Press Ctrl-Z where that runs, and wait for the prompt."""
        self._suspended = self.running(name)
        self._suspended.press(CTRL_Z)
        if not self._suspended.wait(lambda: self._suspended.is_idle, STOP_SECONDS):
            raise Mishap(f"{name} goes on {STOP_SECONDS} s after Ctrl-Z")

    def resume(self) -> None:
        """Let what was suspended go on in its terminal."""
        if not self._suspended:
            raise Mishap("nothing is suspended")
        self._suspended.type("fg")
        self._suspended = None

    def close(self) -> None:
        """End all that runs, and close every terminal."""
        for one in self.opened:
            one.close()
        self.opened.clear()

    def _open(self) -> Terminal:
        opened = Terminal(self.root, self._environment)
        self.opened.append(opened)
        return opened

    def _prepared(self) -> Terminal:
        opened = self._open()
        if self._shell:
            opened.type(self._shell)
            opened.wait(lambda: opened.is_idle, 10)
            self.entered(opened, self._shell)
        return opened


def reader_environment(environ: Mapping[str, str], home: Path, root: Path) -> dict[str, str]:
    """Return what a fresh terminal has: a home of its own, and no environment switched on."""
    ours = str(root / ".venv" / "bin")
    folders = [one for one in environ.get("PATH", os.defpath).split(os.pathsep) if one != ours]
    # With black at hand, startproject writes other bytes than the page's reader gets.
    folders = [one for one in folders if not (Path(one) / "black").exists()]
    # The Python that the environment was made of: `python3` must be found without it as well.
    folders.append(str(Path(sys._base_executable).parent))
    kept = {name: value for name, value in environ.items() if not OURS.match(name)}
    return {**kept, "PATH": os.pathsep.join(folders), "HOME": str(home), "LANG": "C.UTF-8"}
