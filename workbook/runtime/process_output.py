"""What processes print, as text: decoded here alone, so that a line reads the same everywhere.

On Windows every line that Python prints ends in `\\r\\n`. A `\\r` that stays turns a right value
wrong: a comparison fails, and in a regular expression `.` matches it. Plain standard library, for
any Python: the bootstrap imports it.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypedDict

    class TextOptions(TypedDict):
        """How subprocess and `bytes.decode` turn bytes into text."""

        encoding: str
        errors: str


# For subprocess, as **AS_TEXT: what a process prints as text, by the same rules as `decoded`.
AS_TEXT: "TextOptions" = {"encoding": "utf-8", "errors": "replace"}
# What stands for the last lines of a process that printed none.
NOTHING_SAID = "(it said nothing)"


def decoded(output: bytes) -> str:
    """Return what a process printed as text.

    Every line ends in `\\n`, whichever way it was ended; bytes that are no UTF-8 become `�`.
    """
    text = output.decode(**AS_TEXT)
    return text.replace("\r\n", "\n").replace("\r", "\n")


# What steers a terminal: colours and the cursor, titles and links, and the rest of its escapes.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"
    r"|\x1b[ -/]*[0-~]"
)


def without_escapes(text: str) -> str:
    """Return a text without what steers a terminal."""
    return _ESCAPES.sub("", text)
