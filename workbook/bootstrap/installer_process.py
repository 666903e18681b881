"""pip and uv as processes: what they are told, and how they end. Plain standard library."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO

from workbook.bootstrap import environment, package_sources
from workbook.paths import ENVIRONMENT, ROOT


@contextmanager
def ended_with_us(
    command: list[str], log: IO[bytes], lock_handle: int, variables: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start `command` with the environment `variables`, writing to `log`.

    It is ended if the block is left early.
    """
    posix = os.name == "posix"
    # The lock is handed down: should this process be killed, the next call waits until the
    # installer that it left behind has ended, instead of writing into the same folder.
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(variables),
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


def installers_variables() -> dict[str, str]:
    """Return the environment variables for pip and uv: `.venv`, plain output, a person's sources.

    Where packages come from is what the person told pip and uv. All else that they could have been
    told is left out: it could make them install into another place than `.venv`.
    """
    environ = environment.activated(dict(os.environ))
    options = package_sources.pip_options(ENVIRONMENT, environ)
    sources = package_sources.for_uv(options, package_sources.uv_settings(environ), environ)
    return {
        # Daphne's autobahn has no wheel for the newest Python for a while, and building one asks
        # for a C compiler unless it is told to go without its fast path.
        "AUTOBAHN_USE_NVX": "0",
        **package_sources.without_installers(environ),
        **sources,
        **package_sources.for_pip(options, sources),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INPUT": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_NO_CONFIG": "1",
        "UV_NO_PROGRESS": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "NO_COLOR": "1",
        "COLUMNS": "200",
        "PYTHONUTF8": "1",
    }
