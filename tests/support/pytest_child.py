"""What a forked process does to become `python -m pytest`. Imports the standard library alone."""

import atexit
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO


def become_pytest(
    arguments: Sequence[str], cwd: Path, environ: Mapping[str, str], output: Path, safe_path: bool
) -> None:
    """Run pytest in `cwd` with all that it prints in `output`, and exit with its code.

    `environ` is all of its environment. `safe_path`: modules beside it are not found, as by `-P`.
    """
    _print_into(output)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environ)
    sys.dont_write_bytecode = bool(environ.get("PYTHONDONTWRITEBYTECODE"))
    installed = [entry for entry in sys.path if entry.startswith((sys.prefix, sys.base_prefix))]
    named = [entry for entry in environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    sys.path[:] = [*([] if safe_path else [str(cwd)]), *named, *installed]
    # This module came from the workbook; what runs may have another one.
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]

    import pytest

    sys.argv = [str(Path(pytest.__file__).with_name("__main__.py")), *arguments]
    try:
        sys.exit(pytest.console_main())
    finally:
        # A process of multiprocessing's leaves these out.
        atexit._run_exitfuncs()


def _print_into(output: Path) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    written = os.open(output, os.O_WRONLY | os.O_CREAT)
    os.dup2(nothing, 0)
    for number in (1, 2):
        os.dup2(written, number)
    os.close(nothing)
    os.close(written)
    # As Python opens them in its UTF-8 mode. They stay open, for as long as the process lives.
    sys.stdin = sys.__stdin__ = _text(0, "r", "surrogateescape")
    sys.stdout = sys.__stdout__ = _text(1, "w", "surrogateescape")
    sys.stderr = sys.__stderr__ = _text(2, "w", "backslashreplace")


def _text(number: int, mode: str, errors: str) -> TextIO:
    return os.fdopen(number, mode, encoding="utf-8", errors=errors, closefd=False)
