"""A unified diff of two folders where there is no git."""

from __future__ import annotations

import sys
from difflib import unified_diff
from pathlib import Path

COLOURS = {"+": "\033[32m", "-": "\033[31m", "@": "\033[36m"}


def compare(folder: Path, old: str, new: str, stat: bool) -> bool:
    """Print how `folder/new` differs from `folder/old`, in colour on a terminal; tell whether."""
    names = sorted(files_below(folder / old) | files_below(folder / new))
    different = False
    for name in names:
        before, after = (read(folder / side / name) for side in (old, new))
        if before == after:
            continue
        different = True
        if before is None or after is None:
            print(f"Binary files {old}/{name} and {new}/{name} differ")
            continue
        lines = list(unified_diff(before, after, f"{old}/{name}", f"{new}/{name}", lineterm=""))
        if stat:
            added, removed = (sum(line[0] == sign for line in lines[2:]) for sign in "+-")
            print(f" {name} | +{added} -{removed}")
        else:
            print_lines(lines)
    return different


def files_below(folder: Path) -> set[str]:
    """Return the files below `folder`, relative to it, with forward slashes."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def read(path: Path) -> list[str] | None:
    """Return a file's lines, none for a file that is not there, None for one that is no text."""
    try:
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    except UnicodeDecodeError:
        return None


def print_lines(lines: list[str]) -> None:
    """Print a file's diff, coloured on a terminal."""
    for line in lines:
        colour = COLOURS.get(line[:1], "") if sys.stdout.isatty() else ""
        print(f"{colour}{line}\033[0m" if colour else line)
