"""A terminal of a test's own, for what is only written where a person looks on."""

import os
import pty
import subprocess
from collections.abc import Mapping
from pathlib import Path


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
        try:
            # Linux ends the reading with an error once nobody holds the other side.
            while part := terminal.read(65536):
                written += part
        except OSError:
            pass
        return process.wait(seconds), written.decode("utf-8", "replace")
