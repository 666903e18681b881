"""Which files pip's settings on this machine name: a system of its own needs them as well."""

import os
import re
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.support.commands import run_command
from workbook.bootstrap.environment import python_of
from workbook.paths import ENVIRONMENT

# `  /etc/pip.conf, exists: True`
FILE = re.compile(r"^\s*(/.*), exists: True$", re.MULTILINE)
# Folders of the system: what is in one of them is bound by itself, never the folder.
SYSTEM = {Path("/"), *(Path("/", name) for name in ("etc", "home", "opt", "root", "usr", "var"))}


def files_that_pip_needs() -> list[Path]:
    """Return pip's configuration files, and the files and folders that its settings name."""
    said = _pip_config(tuple(os.environ.items()))
    files = {Path(found) for found in FILE.findall(said)}
    settings = "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in files)
    variables = "\n".join(
        value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_"))
    )
    named = {path for word in _words(f"{settings}\n{variables}") if (path := local_path(word))}
    return _outermost(files | {_with_its_files(path) for path in named})


def local_path(word: str) -> Path | None:
    """Return the file or folder that a setting's `word` names, by path or by URL, if it is there.

    A program's cache is none of them: a system of its own has its own.
    """
    path = Path(unquote(urlsplit(word).path)) if word.startswith("file:") else Path(word)
    is_there = path.is_absolute() and path.exists() and "cache" not in str(path).lower()
    return path if is_there else None


def _words(text: str) -> list[str]:
    return re.split(r"[\s=,'\"]+", text)


def _with_its_files(path: Path) -> Path:
    """Return the folder around an index: its pages link to files beside it."""
    is_index = path.is_dir() and path.name == "simple" and path.parent not in SYSTEM
    return path.parent if is_index else path


def _outermost(paths: set[Path]) -> list[Path]:
    """Return `paths` without those that lie in another one of them."""
    return sorted(path for path in paths if not paths & set(path.parents))


@cache
def _pip_config(_variables: tuple[tuple[str, str], ...]) -> str:
    """Return what pip tells of its settings with these variables; "" without pip."""
    for python in (python_of(ENVIRONMENT), Path(sys._base_executable)):
        done = run_command([python, "-m", "pip", "config", "debug"], timeout=60)
        if done.returncode == 0:
            return done.stdout
    return ""
