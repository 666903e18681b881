"""Output that its encoding cannot hold: a readable character replaces what is unknown.

On Windows a pipe and a file have an old code page, which knows no ✓ and no typographic quotes. That
is no reason to end, and a row of question marks would say nothing. Plain standard library.
"""

from __future__ import annotations

import codecs
import io
import sys

# The name of the error handler, for `reconfigure(errors=…)` once this module is imported.
READABLE = "workbook.readable"
# As wide as what it stands for, so that tables stay tables; but for the arrow and the dots.
STAND_INS = {
    **dict.fromkeys("✓", "+"),
    **dict.fromkeys("✗×", "x"),
    **dict.fromkeys("–—‑−─━═", "-"),
    **dict.fromkeys("│┃║", "|"),
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("‘’‚", "'"),
    **dict.fromkeys("★☆·•", "*"),
    **dict.fromkeys("\u00a0\u202f", " "),
    "…": "...",
    "→": "->",
    "≤": "<=",
    "≥": ">=",
}


def stand_in(error: UnicodeError) -> tuple[str, int]:
    """Return what is written in place of what could not be, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    unknown = error.object[error.start : error.end]
    return "".join(STAND_INS.get(one, "?") for one in unknown), error.end


codecs.register_error(READABLE, stand_in)


def keep_output_readable() -> None:
    """Let this process's standard output and error never fail on a character."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=READABLE)
