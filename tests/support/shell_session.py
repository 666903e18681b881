"""A person who calls `shell` on a terminal or through a pipe, in a small workbook of the test's."""

import fcntl
import os
import pty
import shutil
import subprocess
import sys
import sysconfig
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from select import select

from tests.guide.replay.reader.terminal import ESCAPES, OWN_TERMINAL
from tests.support.commands import run_command
from tests.support.workbook_copy import SmallWorkbook
from workbook.runtime.process_output import decoded

SECONDS = 30
STAMP = """
from workbook.bootstrap import compilation, environment
from workbook.bootstrap.portions import PORTIONS
python = environment.python_of(environment.ENVIRONMENT)
stamp = environment.expected_stamp(environment.version_of(python), PORTIONS)
environment.write_stamp(stamp)
compilation.DONE.write_text(stamp, encoding="utf-8")
"""


def add_environment(small: SmallWorkbook) -> None:
    """Give the workbook a complete `.venv`, whose packages are those of this process."""
    folder = small.root / ".venv"
    make = [sys._base_executable, "-m", "venv", "--without-pip", "--prompt", "workbook", folder]
    run_command(make, check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "shared.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    variables = os.environ | {"PYTHONPATH": str(small.root)}
    run_command([sys.executable, "-P", "-c", STAMP], env=variables, check=True)


@dataclass(frozen=True)
class Person:
    """One who has a workbook, a home folder with start-up files, and a shell of a login."""

    small: SmallWorkbook
    home: Path
    shell: str

    def environ(self, **variables: str) -> dict[str, str]:
        """Return the variables of a terminal that was just opened."""
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
        scripts = str(Path(sys.executable).parent)
        kept["PATH"] = os.pathsep.join(
            part for part in kept["PATH"].split(os.pathsep) if part != scripts
        )
        own = {"HOME": str(self.home), "SHELL": shutil.which(self.shell), "TERM": "dumb"}
        return kept | own | {"LANG": "C.UTF-8"} | variables

    def pipe(self, typed: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Call `shell` with `typed` as its standard input."""
        environ = self.environ(**variables)
        options = {"stdin": None, "input": typed, "start_new_session": True}  # no terminal of ours
        return run_command(self.command(), self.small.root, environ, **options)

    def command(self) -> list[str]:
        """Return the call of the tool."""
        return [sys._base_executable, "workbook", "shell"]

    def sit_down(
        self, typed: Sequence[str], command: Sequence[str] = (), **variables: str
    ) -> tuple[int, str]:
        """Call `shell` (or `command`) on a terminal, type lines; return exit code and screen."""
        here, there = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", OWN_TERMINAL, *(command or self.command())],
            cwd=self.small.root,
            env=self.environ(**variables),
            stdin=there,
            stdout=there,
            stderr=there,
            start_new_session=True,
        )
        os.close(there)
        try:
            shown = _talk(here, [f"{line}\n".encode() for line in typed])
            return process.wait(SECONDS), ESCAPES.sub("", decoded(shown))
        finally:
            process.kill()
            process.wait()
            os.close(here)


def _talk(terminal: int, lines: list[bytes]) -> bytes:
    """Type each line once nothing more is shown; return all that was, until the other side ends."""
    shown, ends = b"", time.monotonic() + SECONDS
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, b"\x18\x00\xf0\x00\x00\x00\x00\x00")
    while time.monotonic() < ends:
        if select([terminal], [], [], 0.6)[0]:
            try:
                part = os.read(terminal, 65536)
            except OSError:  # how Linux says that nobody is left at the other end
                return shown
            if not part:
                return shown
            shown += part
        elif lines and shown:
            os.write(terminal, lines.pop(0))
    raise AssertionError(f"not over within {SECONDS} s; on the screen:\n{decoded(shown)}")
