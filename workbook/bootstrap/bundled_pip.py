"""The pip that comes with this Python, run from its wheel and not installed.

Plain standard library.
"""

from __future__ import annotations

import importlib.util
import os
import shlex
import sysconfig
from pathlib import Path

from workbook.errors import WorkbookError
from workbook.paths import ROOT

# The module that makes `python -m pip` work in `.venv`. A pip that is installed there is a package
# and comes before a module of that name.
MODULE = """\
\"\"\"pip, run from the wheel that comes with this Python.\"\"\"

import runpy
import sys

sys.path.insert(0, {root!r})
from workbook.bootstrap.bundled_pip import find_wheel

wheel = find_wheel()
if wheel is None:
    sys.exit("This Python brings no pip. Type instead: uv pip " + " ".join(sys.argv[1:]))
sys.path[0] = str(wheel)
if __name__ == "__main__":
    runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def find_wheel() -> Path | None:
    """Return the wheel of pip that ensurepip would install; None where there is none.

    Distributions keep it in a folder of their own, which Python's configuration names.
    """
    ensurepip = importlib.util.find_spec("ensurepip")
    if ensurepip is None or not ensurepip.origin:
        return None
    named = sysconfig.get_config_var("WHEEL_PKG_DIR")
    folders = [Path(ensurepip.origin).parent / "_bundled", *([Path(named)] if named else [])]
    wheels = [wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))]
    return wheels[-1] if wheels else None


def script() -> str:
    """Return what a Python runs as this pip. Raises WorkbookError where the wheel is gone."""
    wheel = find_wheel()
    if wheel is None:
        raise WorkbookError(
            "This Python's module ensurepip has lost its pip. On Debian and Ubuntu:"
            " sudo apt install --reinstall python3-venv python3-pip-whl. Then call again."
        )
    return str(wheel / "pip")


def add_commands(scripts: Path, packages: Path) -> None:
    """Make a typed `pip` and `python -m pip` work in the environment; one that is there is kept.

    `scripts` is the environment's folder of commands, `packages` that of its packages.
    """
    (packages / "pip.py").write_text(MODULE.format(root=str(ROOT)), encoding="utf-8")
    for name in ("pip", "pip3"):
        command = scripts / (f"{name}.cmd" if os.name == "nt" else name)
        if command.exists() or command.with_suffix(".exe").exists():
            continue
        if os.name == "nt":
            command.write_text('@"%~dp0python.exe" -P -m pip %*\n', encoding="utf-8")
        else:
            python = shlex.quote(str(scripts / "python"))
            command.write_text(f'#!/bin/sh\nexec {python} -P -m pip "$@"\n', encoding="utf-8")
            command.chmod(0o755)
