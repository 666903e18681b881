"""A terminal of a test's own, for what is only written where a person looks on."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Terminal:
    """A pseudo-terminal: `there` is what a command gets as its standard streams."""

    here: int
    there: int

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.here, keys.encode())

    def echoes(self) -> bool:
        """Tell whether what is typed is seen, as at a prompt."""
        return bool(termios.tcgetattr(self.there)[3] & termios.ECHO)


@contextmanager
def opened_terminal(columns: int = 80, lines: int = 24) -> Iterator[Terminal]:
    """Open a pseudo-terminal of a size, and close it after the block."""
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    try:
        yield Terminal(here, there)
    finally:
        os.close(here)
        os.close(there)


def run_in_terminal(
    command: list[str], cwd: Path, environment: Mapping[str, str], seconds: float = 30
) -> tuple[int, str]:
    """Run a command on a pseudo-terminal; return its exit code and everything it wrote."""
    here, there = pty.openpty()
    with os.fdopen(here, "rb", buffering=0) as terminal:
        process = subprocess.Popen(
            command, cwd=cwd, env=dict(environment), stdin=there, stdout=there, stderr=there
        )
        os.close(there)
        written = b""
        # Linux ends the reading with an error once nobody holds the other side.
        with suppress(OSError):
            while part := terminal.read(65536):
                written += part
        return process.wait(seconds), written.decode("utf-8", "replace")
