"""pip and pipenv as processes: what they are told, and how they end. Plain standard library."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from workbook.bootstrap import environment
from workbook.paths import ROOT

# What a person may have set for pipenv that still has to count: where to fetch from, and how long.
KEPT_FOR_PIPENV = {"PIPENV_PYPI_MIRROR", "PIPENV_CACHE_DIR", "PIPENV_TIMEOUT"}


@contextmanager
def ended_with_us(
    command: list[str], log: IO[bytes], lock_handle: int
) -> Iterator[subprocess.Popen[bytes]]:
    """Start `command`, writing to `log`; end it if the block is left early."""
    posix = os.name == "posix"
    # The lock is handed down: should this process be killed, the next call waits until the
    # installer that it left behind has ended, instead of writing into the same folder.
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=installers_environment(),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=posix,
        pass_fds=(lock_handle,) if posix else (),
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the installer and its children; by force after five seconds."""
    for gently in (True, False):
        if sys.platform != "win32":
            os.killpg(process.pid, signal.SIGTERM if gently else signal.SIGKILL)
        else:
            subprocess.run(
                ["taskkill", "/T", "/F", "/PID", str(process.pid)],
                capture_output=True,
                check=False,
                timeout=30,
            )
        try:
            process.wait(timeout=5)
            return
        except subprocess.TimeoutExpired:
            continue


def installers_environment() -> dict[str, str]:
    """Return the variables for pip and pipenv: this project, this environment, plain output.

    A person's settings of where pip fetches from stay; those that would make it install into
    another place than `.venv` are overruled.
    """
    kept = {
        name: value
        for name, value in environment.activated(dict(os.environ)).items()
        if name in KEPT_FOR_PIPENV or not name.startswith(("PIPENV_", "PYTHONPATH"))
    }
    # Daphne's autobahn has no wheel for the newest Python for a while, and building one asks for a
    # C compiler unless it is told to go without its fast path.
    kept.setdefault("AUTOBAHN_USE_NVX", "0")
    return kept | {
        "PIPENV_PIPFILE": str(ROOT / "Pipfile"),
        "PIPENV_IGNORE_VIRTUALENVS": "1",
        "PIPENV_VENV_IN_PROJECT": "1",
        "PIPENV_DONT_LOAD_ENV": "1",
        "PIPENV_NOSPIN": "1",
        "PIPENV_YES": "1",
        "PIP_NO_INPUT": "1",
        "PIP_USER": "0",
        "PIP_REQUIRE_HASHES": "0",
        "PIP_TARGET": "",
        "PIP_PREFIX": "",
        "NO_COLOR": "1",
        "COLUMNS": "200",
        "PYTHONUTF8": "1",
    }
