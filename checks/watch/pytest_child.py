"""What a fork does to become `python -P -m pytest` on the checks."""

from __future__ import annotations

import atexit
import io
import os
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import TextIO

# What nearly every run of the checks imports, but the checks of a step themselves.
IMPORTED = (
    "celery.app.control",
    "checks.conftest",
    "checks.common.fixtures",
    "checks.reporting.reporter",
    "checks.reporting.verdict_lines",
    "honcho.process",
    "httpx",
    "kombu.transport.redis",
    "markdown.extensions.toc",
    "psutil",
    "pytest",
    "redis",
    "unittest.mock",
    "websockets.sync.client",
)


def become_pytest(
    arguments: Sequence[str], folder: str, environ: dict[str, str], output: Connection, errors: str
) -> None:
    """Run pytest in `folder`, with what it prints in `output`, and exit with its code.

    `environ` is all of its environment, `errors` the file that its standard error goes to.
    """
    os.setsid()  # Ctrl-C is for the watcher, which ends this one
    _print_into(output, errors)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    import pytest

    sys.argv = ["pytest", *arguments]
    try:
        sys.exit(pytest.console_main())
    finally:
        # A process of multiprocessing's leaves these out.
        atexit._run_exitfuncs()


def _print_into(output: Connection, errors: str) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    said = os.open(errors, os.O_WRONLY | os.O_APPEND)
    for number, opened in ((0, nothing), (1, output.fileno()), (2, said)):
        os.dup2(opened, number)
    os.close(nothing)
    os.close(said)
    output.close()
    sys.stdin = _text(0, "r")
    sys.stdout = _text(1, "w")
    sys.stderr = _text(2, "w")


def _text(number: int, mode: str) -> TextIO:
    # They stay open for as long as the process lives.
    return io.TextIOWrapper(
        open(number, f"{mode}b", closefd=False),
        encoding="utf-8",
        errors="backslashreplace",
    )
