"""Which part of a folder is replaced: all of it, one file, or all but the learner's data.

Data is what no version of a project brings back: `.env`, databases, and what other programs keep
in the folder, such as `.git`. A database of SQLite is known by its first bytes: settings that can't
be read, the very reason for a reset, hide none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from workbook.paths import ROOT
from workbook.projects.copying import ignored_names, is_virtualenv, name_matcher

SQLITE = b"SQLite format 3\0"
# What SQLite keeps beside a database while it writes.
COMPANION = re.compile(r"(.+)-(?:wal|shm|journal)")
# Made from the project's own files, and in the way where a folder is to go.
COMPILED_FOLDER = "__pycache__"
COMPILED = {COMPILED_FOLDER, "*.py[cod]"}


@dataclass(frozen=True)
class Scope:
    """The part of a folder that is replaced. `file` is relative to it, with forward slashes."""

    file: str | None = None
    spares_data: bool = False

    def holds(self, entry: Path, root: Path) -> bool:
        """Tell whether an entry below `root` is of that part, or a folder with some of it."""
        if self.file is not None:
            inside = PurePosixPath(entry.relative_to(root).as_posix())
            wanted = PurePosixPath(self.file)
            return inside == wanted or inside in wanted.parents
        return not (self.spares_data and is_data(entry))


WHOLE = Scope()


def is_data(entry: Path) -> bool:
    """Tell whether a file or folder holds what no version of the project brings back."""
    return _is_data_name()(entry.name) or is_virtualenv(entry) or is_database(entry)


def is_database(entry: Path) -> bool:
    """Tell whether a file is a database of SQLite's, or what belongs to one."""
    companion = COMPANION.fullmatch(entry.name)
    if companion and is_database(entry.with_name(companion[1])):
        return True
    try:
        if not entry.is_file():  # to read from a pipe would wait for a writer
            return False
        with entry.open("rb") as file:
            return file.read(len(SQLITE)) == SQLITE
    except OSError:
        return False


@cache
def _is_data_name() -> Callable[[str], bool]:
    return name_matcher(ignored_names(ROOT / ".gitignore") - COMPILED)
