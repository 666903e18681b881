"""Captured output, kept in docs/output/."""

import re

from workbook.errors import WorkbookError
from workbook.paths import ROOT

OUTPUTS = ROOT / "docs" / "output"


def output_named(source: str) -> tuple[str, str]:
    """Return the name that a fence's body says, and the text of docs/output/NAME.txt.

    Raises WorkbookError if the body is not a name, or there is no such output.
    """
    name = source.strip()
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*", name):
        raise WorkbookError(
            f"“{name}” is no name of an output. Name a file of docs/output/ without its .txt."
        )
    file = OUTPUTS / f"{name}.txt"
    if not file.is_file():
        there = sorted(path.relative_to(OUTPUTS).as_posix() for path in OUTPUTS.rglob("*.txt"))
        raise WorkbookError(
            f"docs/output/{name}.txt is not there. There are: {', '.join(there) or 'none yet'}"
        )
    return name, file.read_text(encoding="utf-8")
