"""The command `workbook` in the environment: the tool, which can be called from any folder.

Plain standard library.
"""

from __future__ import annotations

import os
from pathlib import Path

# Both name nothing by its full path, so that an odd one needs no quoting and has no encoding.
_POSIX = """\
#!/bin/sh
scripts=${0%/*}  # the shell does it alone: a PATH may hold no dirname
[ "$scripts" = "$0" ] && scripts=.
exec "$scripts/python" "$scripts/../../workbook/__main__.py" "$@"
"""
_WINDOWS = """\
@"%~dp0python.exe" "%~dp0..\\..\\workbook\\__main__.py" %*
"""


def place(scripts: Path) -> None:
    """Write the command into `scripts`, the environment's folder of commands, if it isn't there.

    On Windows a second file is for a bash, such as Git's.
    """
    _write(scripts / "workbook", _POSIX, "\n")
    if os.name == "nt":
        _write(scripts / "workbook.cmd", _WINDOWS, "\r\n")


def _write(path: Path, text: str, line_end: str) -> None:
    content = text.replace("\n", line_end).encode("ascii")
    if path.is_file() and path.read_bytes() == content and os.access(path, os.X_OK):
        return
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.write_bytes(content)
    new.chmod(0o755)
    new.replace(path)
