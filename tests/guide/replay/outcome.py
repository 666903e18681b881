"""What a page has led to, compared with the snapshot of its step."""

from __future__ import annotations

import difflib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from workbook.projects.copying import copy_project

# What Django writes into the files that its commands make.
GENERATED = re.compile(
    r"(by 'django-admin startproject' using Django |djangoproject\.com/en/)[\d.]+"
)


def differences(work: Path, snapshot: Path) -> Iterator[str]:
    """Yield a sentence for each file of a project that differs from the snapshot, byte for byte."""
    with tempfile.TemporaryDirectory(prefix="workbook-replay-") as temporary:
        folder = Path(temporary)
        copy_project(work, folder / "work")
        copy_project(snapshot, folder / "step")
        mine, theirs = _files(folder / "work"), _files(folder / "step")
    for name in sorted(mine.keys() | theirs.keys()):
        if name not in mine:
            yield f"{name} is in the snapshot, and the page never makes it"
        elif name not in theirs:
            yield f"{name} is made by the page, and is not in the snapshot"
        elif mine[name] != theirs[name]:
            yield f"{name}: {_first_difference(mine[name], theirs[name])}"


def _files(folder: Path) -> dict[str, str]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    # Bytes in order: no new line is read as another.
    return {
        path.relative_to(folder).as_posix(): GENERATED.sub(
            r"\1N", path.read_bytes().decode("utf-8", "backslashreplace")
        )
        for path in found
    }


def _first_difference(mine: str, theirs: str) -> str:
    shown = list(
        difflib.unified_diff(
            mine.splitlines(keepends=True),
            theirs.splitlines(keepends=True),
            "as the page leads to it",
            "as the snapshot has it, and no listing shows",
            n=1,
        )
    )
    return "not the snapshot's bytes\n" + "\n".join(f"  {line!r}"[:-1] for line in shown)
