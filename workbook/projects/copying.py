"""Copies a project, without the caches, databases, secrets and environments in its folder."""

from __future__ import annotations

import codecs
import os
import re
import shutil
from collections.abc import Callable, Iterable
from fnmatch import translate
from pathlib import Path

from workbook.paths import ROOT

MARK_OF_A_VIRTUALENV = "pyvenv.cfg"
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


def name_matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Return what tells whether a name matches one of the patterns, as `fnmatch` reads them."""
    whole = "|".join(translate(os.path.normcase(pattern)) for pattern in sorted(patterns))
    matches = re.compile(whole or r"(?!)").match
    return lambda name: matches(os.path.normcase(name)) is not None


def noise_in(*ignore_files: Path) -> Callable[[str], bool]:
    """Return what tells whether a file or folder of this name is noise: see `ignored_names`."""
    return name_matcher(ignored_names(*ignore_files))


def is_virtualenv(folder: Path) -> bool:
    """Tell whether a folder, of whatever name, holds a virtual environment."""
    return os.path.lexists(folder / MARK_OF_A_VIRTUALENV)  # never raises, as exists() may


def leaving_out(is_noise: Callable[[str], bool]) -> Callable[[str, list[str]], list[str]]:
    """Return what `copytree` asks for the names to leave out: noise and virtual environments."""

    def left_out(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if is_noise(name) or is_virtualenv(Path(folder, name))]

    return left_out


def copy_project(source: Path, target: Path) -> None:
    """Copy a project's folder without its noise to `target`, which must not exist yet.

    Each file is as new as the copy: a browser may keep a file that was old when it was loaded for
    a tenth of its age (RFC 9111, 4.2.2), and would not see the first change of it.
    """
    is_noise = noise_in(ROOT / ".gitignore", source / ".gitignore")
    shutil.copytree(
        source,
        target,
        symlinks=True,
        ignore=leaving_out(is_noise),
        copy_function=shutil.copy,
    )


def make_lines_plain(folder: Path) -> None:
    """Let every text file of a copy begin without a byte order mark, and its lines end in \\n.

    An editor on Windows may write both: no learner sees them, and none has to change them.
    """
    for file in folder.rglob("*"):
        if not file.is_file() or file.is_symlink():
            continue
        content = file.read_bytes()
        if b"\0" in content:
            continue
        plain = content.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n")
        if plain != content:
            file.write_bytes(plain)
