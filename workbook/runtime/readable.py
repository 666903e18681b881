"""Output that its encoding cannot hold, or that has nowhere to go: neither is a reason to end.

A readable character replaces what the encoding does not know: on Windows a pipe and a file have an
old code page, which knows no ✓ and no typographic quotes, and a row of question marks would say
nothing. Plain standard library.
"""

from __future__ import annotations

import codecs
import io
import os
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
    """Let this process's standard output and error be there, and never fail on a character."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=READABLE)


def _open_closed_streams() -> None:
    """Open the null device for each standard stream that was closed at the start, as by `>&-`.

    Python has None in its place. And the next file that is opened would get its number: what this
    process starts would read from that file, or write into it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            number = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(number, True)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
