"""What a project's folder holds, as one short string: where two differ, something was saved."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from workbook.projects.scope import COMPILED_FOLDER, is_data

SETTINGS = ".env"  # private to the learner, but part of what a check sees
# The last two are what the project's own processes write while they run.
SUFFIXES_LEFT_OUT = (".pyc", ".pyo", ".log", ".pid")


def content_of(folder: Path) -> str:
    """Return a digest of the project's files, their names and `.env`; without databases and caches.

    A file that can't be read counts as one without contents.
    """
    digest = hashlib.sha256()
    for file in files_of(folder):
        try:
            data = file.read_bytes()
        except OSError:
            data = b""
        name = file.relative_to(folder).as_posix()
        digest.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogateescape") + data)
    return digest.hexdigest()


def files_of(folder: Path) -> Iterator[Path]:
    """Yield the project's files in order; nothing below a folder that can't be read."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if entry.name != SETTINGS and (entry.name == COMPILED_FOLDER or is_data(entry)):
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from files_of(entry)
        elif entry.is_file() and not entry.name.endswith(SUFFIXES_LEFT_OUT):
            yield entry


def last_save(folder: Path) -> float:
    """Return when a file of the project was last written, in seconds since 1970; 0 for none."""
    times = [0.0]
    for file in files_of(folder):
        try:
            times.append(file.stat().st_mtime)
        except OSError:
            continue
    return max(times)
