"""What a fork does to become `python -P -m pytest` on the checks."""

import atexit
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
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
    go: Connection, folder: str, output: Connection, errors: str, target: str
) -> None:
    """Run pytest in `folder` once its arguments come by `go`, and exit with its code.

    What it prints goes to `output`, its standard error to the file `errors`, which loses its name.
    `target` is a project for which all that takes long is started beforehand, "" for none.
    """
    if sys.platform != "win32":  # which never forks
        os.setsid()  # Ctrl-C is for the watcher, which ends this one
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _print_into(output, errors)
    os.chdir(folder)
    import pytest

    code: int | pytest.ExitCode = 0
    try:
        with _started_beforehand(target):
            sys.argv = ["pytest", *go.recv()]
            code = pytest.console_main()
    except (EOFError, KeyboardInterrupt):
        pass  # the watcher is gone, or does not need this one
    finally:
        # A process of multiprocessing's leaves these out.
        atexit._run_exitfuncs()
    sys.exit(code)


@contextmanager
def _started_beforehand(target: str) -> Iterator[None]:
    from checks.harness.reserve import opened_reserve
    from workbook.errors import WorkbookError

    with ExitStack() as stack:
        if target:
            with suppress(WorkbookError, OSError):  # the run comes to it again, and tells
                stack.enter_context(opened_reserve(Path(target)))
        yield


def _print_into(output: Connection, errors: str) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    said = os.open(errors, os.O_WRONLY | os.O_APPEND)
    os.unlink(errors)  # noqa: PTH108
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
