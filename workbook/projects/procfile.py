"""A project's Procfile: which processes it is made of, and how each is started."""

from __future__ import annotations

import re
from pathlib import Path

from honcho.environ import parse_procfile

from workbook.errors import WorkbookError

_PORT = re.compile(r"\$(?:\{PORT\}|PORT\b)")


def commands(folder: Path, port: int) -> dict[str, str]:
    """Return the command lines of the project in `folder` by name, `$PORT` replaced by `port`.

    The port is filled in here because the shell of Windows does not expand `$PORT`.
    Raises WorkbookError where there is no Procfile, or nothing in it.
    """
    path = folder / "Procfile"
    example = "It names the processes, a line each: “web: python manage.py runserver $PORT”."
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise WorkbookError(f"There is no Procfile in {folder}. {example}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise WorkbookError(f"{path} cannot be read: {error}. {example}") from error
    try:
        processes = parse_procfile(text).processes
    except AssertionError as error:
        raise WorkbookError(f"{path} has two processes of one name. Rename one.") from error
    if not processes:
        raise WorkbookError(f"{path} names no process. {example}")
    return {name: _PORT.sub(str(port), command) for name, command in processes.items()}


def is_celery_worker(command: str) -> bool:
    """Tell whether `command` starts a Celery worker, and no beat inside it."""
    words = command.split()
    return words[:1] == ["celery"] and "worker" in words and not {"-B", "--beat"} & set(words)
