"""An exercise's solution: a patch beside its check, shown file by file."""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbook.errors import WorkbookError
from workbook.paths import ROOT

CHECKS = ROOT / "checks"
NAMED = re.compile(r"checks/step_\d\d/\w+\.patch")
# Of a file, the lines that name it: as it was, and as it is.
HEAD = re.compile(r"^--- (?P<before>\S+)\n\+\+\+ b/(?P<path>\S+)\n", re.MULTILINE)
NOWHERE = "/dev/null"


@dataclass(frozen=True)
class Patched:
    """What a patch does to one file: its path in the project, and the hunks."""

    path: str
    hunks: str
    is_new: bool


def patch_named(source: str) -> list[Patched]:
    """Return what the patch that a fence's body names does, file by file.

    Raises WorkbookError where there is no such patch, or nothing in it.
    """
    name = source.strip()
    if not NAMED.fullmatch(name) or not (ROOT / name).is_file():
        there = ", ".join(
            file.relative_to(ROOT).as_posix() for file in sorted(CHECKS.glob("step_*/*.patch"))
        )
        raise WorkbookError(f"“{name}” is no patch beside a check. There are: {there}")
    text = (ROOT / name).read_text(encoding="utf-8")
    heads = list(HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    files = [
        Patched(head["path"], text[head.end() : end].rstrip("\n"), head["before"] == NOWHERE)
        for head, end in zip(heads, ends, strict=True)
    ]
    if not files:
        raise WorkbookError(f"{name} changes no file: write it as a unified diff.")
    return files
