"""What processes print, as text: decoded here alone, so that a line reads the same everywhere.

On Windows every line that Python prints ends in `\\r\\n`. A `\\r` that stays turns a right value
wrong: a comparison fails, and in a regular expression `.` matches it. Plain standard library, for
any Python: the bootstrap imports it.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TypedDict

    class TextOptions(TypedDict):
        """How subprocess and `bytes.decode` turn bytes into text."""

        encoding: str
        errors: str


# For subprocess, as **AS_TEXT: what a process prints as text, by the same rules as `decoded`.
AS_TEXT: "TextOptions" = {"encoding": "utf-8", "errors": "replace"}


def decoded(output: bytes) -> str:
    """Return what a process printed as text.

    Every line ends in `\\n`, whichever way it was ended; bytes that are no UTF-8 become `�`.
    """
    text = output.decode(**AS_TEXT)
    return text.replace("\r\n", "\n").replace("\r", "\n")
