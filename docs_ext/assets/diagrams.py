"""Diagrams: SVG files of docs/diagrams/, put into the page itself so that they take its colours."""

from html import escape

from workbook.errors import WorkbookError
from workbook.paths import ROOT

DIAGRAMS = ROOT / "docs" / "diagrams"


def figure(source: str) -> str:
    """Return a figure: the diagrams named in the body's first line, and its other lines as words.

    Raises WorkbookError for a diagram that is not there, or one without words.
    """
    names, _, words = source.strip().partition("\n")
    if not words.strip():
        raise WorkbookError(
            f"“{names}” has no words: say below it what it shows, for who does not see it."
        )
    drawings = "\n".join(_drawing(name) for name in names.split())
    caption = escape(" ".join(words.split()), quote=False)
    return f'<figure class="diagrams">{drawings}<figcaption>{caption}</figcaption></figure>'


def _drawing(name: str) -> str:
    file = DIAGRAMS / f"{name}.svg"
    if not file.is_file():
        there = ", ".join(sorted(path.stem for path in DIAGRAMS.glob("*.svg")))
        raise WorkbookError(f"docs/diagrams/{name}.svg is not there. There are: {there}")
    return file.read_text(encoding="utf-8").strip()
