"""The Procfile of a learner's project: its commands, and what is wrong with it."""

from __future__ import annotations

import re
from pathlib import Path

from checks.support.addresses import require_own_commands
from checks.support.causes import PROCESSES
from checks.support.verdict import NotYet
from workbook.errors import WorkbookError
from workbook.projects.procfile import commands

ROLES = ("web", "worker", "beat")
WORKER = re.compile(r"\bcelery\b.*\sworker\b")
QUEUES = re.compile(r"\s(-Q|--queues)\b")


def own_commands(folder: Path, port: int, redis_url: str) -> dict[str, str]:
    """Return the command of each role in the Procfile in `folder`, for a page at `port`.

    Raises NotYet for one that lacks a role, or names another broker than `redis_url`.
    """
    try:
        found = commands(folder, port)
    except WorkbookError as error:
        raise _bad(str(error).replace(str(folder), "your project")) from None
    if missing := [role for role in ROLES if role not in found]:
        raise _bad(f"it names no {' and no '.join(missing)}")
    require_own_commands(found, redis_url)
    return found


def without_helpers(processes: dict[str, str]) -> dict[str, str]:
    """Leave out what only shares the work of `worker`, such as step 01's exercise.

    The checks of later steps count what one worker receives, read its log, and kill it.
    """
    return {
        role: command
        for role, command in processes.items()
        if role in ROLES or not WORKER.search(command) or QUEUES.search(command)
    }


def _bad(seen: str) -> NotYet:
    return NotYet(
        done="read the Procfile",
        seen=seen,
        expected="a line each for web, worker and beat",
        open="Procfile",
        guide=PROCESSES,
    )
