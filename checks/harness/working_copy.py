"""Copies of the learner's project: what runs is never the original."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from checks.verdicts import CannotTell
from workbook.projects.copying import copy_project


def copy_of(source: Path, target: Path) -> None:
    """Copy the learner's project. Its `.env` comes along: the environment wins over it."""
    try:
        copy_project(source, target)
        if (source / ".env").is_file():
            shutil.copy(source / ".env", target / ".env")
        else:
            # Without one, decouple would look for it in the folders above the copy.
            (target / ".env").touch()
    except (OSError, shutil.Error) as error:
        raise CannotTell(f"{source} cannot be copied: {error}. Make it readable.") from error


def copy_with_tables(
    source: Path, target: Path, databases: Mapping[str, Mapping[str, str]]
) -> None:
    """Copy a copy together with its SQLite `databases`, which the probe's `settings` name."""
    copy_of(source, target)
    for database in databases.values():
        file = (source / database["name"]).resolve()
        copied = target / file.relative_to(source.resolve())
        with closing(sqlite3.connect(file)) as old, closing(sqlite3.connect(copied)) as new:
            old.backup(new)
