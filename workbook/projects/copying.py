"""What lies in a project's folder without being part of the project: caches, databases, secrets."""

from __future__ import annotations

import shutil
from fnmatch import fnmatch
from pathlib import Path

from workbook.paths import ROOT

ALWAYS = {".git", ".venv", "venv", "node_modules", ".DS_Store", ".idea", ".vscode"}


def ignored_names(*ignore_files: Path) -> set[str]:
    """Return the patterns of file and folder names that the given `.gitignore` files leave out.

    Patterns with a path in them (`/work/`) or with an exception (`!`) don't name noise everywhere,
    and are passed over.
    """
    patterns = set(ALWAYS)
    for file in ignore_files:
        if file.is_file():
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
            names = (line.strip().removesuffix("/") for line in lines)
            patterns |= {name for name in names if name and not name.startswith(("#", "!"))}
    return {pattern for pattern in patterns if "/" not in pattern}


def copy_project(source: Path, target: Path) -> None:
    """Copy a project's folder without its noise to `target`, which must not exist yet."""
    patterns = ignored_names(ROOT / ".gitignore", source / ".gitignore")

    def noise(_folder: str, names: list[str]) -> list[str]:
        return [name for name in names if any(fnmatch(name, pattern) for pattern in patterns)]

    shutil.copytree(source, target, symlinks=True, ignore=noise)
