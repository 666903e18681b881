"""Copies of the learner's project: what runs is never the original."""

import re
import shutil
import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from checks.harness.databases.project_databases import Databases, delete, files_of
from checks.harness.process_log import READ_BYTES
from checks.verdicts import CannotTell
from workbook.paths import ROOT
from workbook.projects.copying import leaving_out, noise_in
from workbook.runtime.process_output import decoded


def copy_of(source: Path, target: Path) -> None:
    """Copy the learner's project. Its `.env` comes along: the environment wins over it.

    What its own `.gitignore` names comes along as well: the project may need a file that its
    repository leaves out, or a folder that is empty there.
    """
    ignore = leaving_out(noise_in(ROOT / ".gitignore"))
    try:
        # It may be there, empty: processes that were started beforehand are in it.
        shutil.copytree(source, target, symlinks=True, ignore=ignore, dirs_exist_ok=True)
        if (source / ".env").is_file():
            shutil.copy(source / ".env", target / ".env")
        else:
            # Without one, decouple would look for it in the folders above the copy.
            (target / ".env").touch()
    except (OSError, shutil.Error) as error:
        raise CannotTell(f"{source} cannot be copied: {error}. Make it readable.") from error


def forget(env_file: Path, variables: Collection[str]) -> None:
    """Take the lines of `variables` out of a `.env`."""
    names = b"|".join(re.escape(name).encode() for name in variables)
    if names:
        own = env_file.read_bytes()
        kept = re.sub(rb"(?m)^[ \t]*(export[ \t]+)?(" + names + rb")[ \t]*=.*$", b"", own)
        env_file.write_bytes(kept)


def appended(copy: Path, source: Path) -> list[str]:
    """Return the lines that a copy's log files have, and those of its `source` have not.

    For a project whose logs go to files: what it says is not in its terminal alone.
    """
    found: list[str] = []
    for file in sorted(copy.rglob("*.log")):
        former = source / file.relative_to(copy)
        known = former.stat().st_size if former.is_file() else 0
        with file.open("rb") as log:
            log.seek(known)
            found += decoded(log.read(READ_BYTES)).splitlines()
    return found


def copy_with_tables(source: Path, target: Path, databases: Databases) -> None:
    """Copy a copy together with its SQLite `databases`."""
    copy_of(source, target)
    for file in files_of(databases, source):
        copied = target / file.relative_to(source.resolve())
        delete(copied)
        with closing(sqlite3.connect(file)) as old, closing(sqlite3.connect(copied)) as new:
            old.backup(new)
