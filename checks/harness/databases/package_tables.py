"""The tables of installed packages: made once on this machine, and copied for each project.

They take Django most of the time that all of a project's tables take, and are the same for every
project. Used where Django would begin with just these migrations: what comes after them finds what
it would find anyway, and is run, and judged, by Django itself.
"""

import hashlib
import json
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from checks.pace import patience
from workbook.paths import STATE

TABLES = STATE / "tables"
MAKER = Path(__file__).with_name("make_tables.py")
MAKE_SECONDS = patience(15)


def lay_tables(plan: dict[str, Any], environment: dict[str, str], database: Path) -> None:
    """Put the packages' tables into a `database` that is not there yet, if the plan is theirs.

    `plan` is the answer of the probe's `package_migrations`, `environment` that of its process.
    """
    if not plan["apps"] or database.exists():
        return
    key = hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()[:20]
    made = TABLES / f"{key}.sqlite3"
    if made.exists() or _make(plan["apps"], environment, made):
        shutil.copyfile(made, database)


def _make(apps: list[str], environment: dict[str, str], made: Path) -> bool:
    """Make the tables of `apps`, and tell whether that went well: without them all are made."""
    made.parent.mkdir(parents=True, exist_ok=True)
    # Two runs may make them at the same moment: each under a name of its own until it is done.
    begun = made.with_suffix(f".{secrets.token_hex(4)}")
    try:
        done = subprocess.run(
            [sys.executable, str(MAKER), str(begun), *apps],
            cwd=made.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=MAKE_SECONDS,
            check=False,
        )
        if done.returncode == 0:
            begun.replace(made)
    except (OSError, subprocess.TimeoutExpired):
        return False
    finally:
        begun.unlink(missing_ok=True)
    return done.returncode == 0
