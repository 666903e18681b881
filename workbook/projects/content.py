"""Which files of a project count as its own, and what they hold: where that differs, it was saved.

Not the noise of editors and of running processes, no databases and no virtual environments.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from workbook.paths import ROOT
from workbook.projects.copying import ignored_names, is_virtualenv, name_matcher
from workbook.projects.scope import is_database

SETTINGS = ".env"  # private to the learner, but part of what a check sees
# What editors keep beside a file while it is open, or write before they rename it.
EDITORS = {
    *(".*.sw?", "*~", "#*#", ".#*", "4913", "*.tmp", "*.bak", "*.orig", "*.kate-swp", "*.crswap"),
    *("*___jb_tmp___", "*___jb_old___", ".goutputstream-*", ".~lock*", "*.un~", "sed??????"),
}
# What a project's own processes write while they run.
WRITTEN = {
    *("*.log", "*.pid", "*.sqlite3-*", "*.db", "*.db-*", "celerybeat-schedule*", "dump.rdb"),
    "*.pyo",
}
LARGE_BYTES = 5_000_000  # of a larger file size and time count


def content_of(folder: Path) -> str:
    """Return a digest of the project's files, their names and `.env`; without databases and caches.

    A file that can't be read counts as one without contents.
    """
    digest = hashlib.sha256()
    for file in files_of(folder):
        data = data_of(file) or b""
        name = file.relative_to(folder).as_posix()
        digest.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
        digest.update(data)
    return digest.hexdigest()


def data_of(file: Path) -> bytes | None:
    """Return what a file holds, of a large one its size and time; None where it can't be read."""
    try:
        about = file.stat()
        if about.st_size > LARGE_BYTES:
            return f"{about.st_size} {about.st_mtime_ns}".encode()
        return file.read_bytes()
    except OSError:
        return None


def files_of(folder: Path) -> Iterator[Path]:
    """Yield the project's files in order; nothing below a folder that can't be read."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if is_noise(entry.name):
            continue
        with suppress(OSError):  # it can't be looked at
            if entry.is_dir() and not entry.is_symlink():
                if not is_virtualenv(entry):
                    yield from files_of(entry)
            elif entry.is_file() and not is_database(entry):  # to read from a pipe never ends
                yield entry


def is_noise(name: str) -> bool:
    """Tell whether a file or folder of this name is no part of a project."""
    return _is_noise()(name)


@cache
def _is_noise() -> Callable[[str], bool]:
    ignored = ignored_names(ROOT / ".gitignore") - {SETTINGS}
    return name_matcher(ignored | EDITORS | WRITTEN)


def last_save(folder: Path) -> float:
    """Return when a file of the project was last written, in seconds since 1970; 0 for none."""
    times = [0.0]
    for file in files_of(folder):
        with suppress(OSError):
            times.append(file.stat().st_mtime)
    return max(times)
