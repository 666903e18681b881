"""What a page has led to, compared with the snapshot of its step."""

import difflib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from workbook.projects.copying import copy_project
from workbook.projects.patches.django_lines import as_in_project


def differences(work: Path, snapshot: Path) -> Iterator[str]:
    """Yield a sentence for each file of a project that differs from the snapshot, byte for byte.

    The reader's Django may be another than the snapshot's: its own lines are as it writes them.
    """
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
        elif mine[name] != (expected := as_in_project(theirs[name], mine[name])):
            yield f"{name}: {_first_difference(mine[name], expected)}"


def _files(folder: Path) -> dict[str, str]:
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    # Bytes in order: no new line is read as another.
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8", "backslashreplace")
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
