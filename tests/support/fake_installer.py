"""First calls that are quick: the real bootstrap with a stand-in for uv."""

import os
import subprocess
import sys
from pathlib import Path

from workbook.runtime.process_output import AS_TEXT

# Runs the real bootstrap; uv is there, and does what $FAKE_UV says, in Python.
# $FAKE_PIP: pip finds no uv for this system.
CALL = """\
import os, sys
from workbook.bootstrap import install
from workbook.launcher import main

real_step = install.Installation.step

def step(self, command, progress=None, variables=None):
    if "venv" not in command:
        code = os.environ.get("FAKE_UV", "")
        if os.environ.get("FAKE_PIP") and "--only-binary=:all:" in command:
            code = "raise SystemExit('ERROR: No matching distribution found for uv==1')"
        command = [sys.executable, "-c", code]
    real_step(self, command, progress, variables)

install.is_version = lambda uv, version: "FAKE_PIP" not in os.environ

install.Installation.step = step
sys.exit(main(sys.argv[1:]))
"""
# What the environment is handed over to: tells where it is and what it was given.
ECHO = """\
import json, os, sys

def main(arguments):
    told = {"arguments": arguments, "cwd": os.getcwd(), "prefix": sys.prefix,
            "path": os.environ["PATH"], "virtual_env": os.environ["VIRTUAL_ENV"]}
    print(json.dumps(told))
    return 7
"""


def first_call(root: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start a call of the tool in `root` with stand-ins; `variables` join the environment."""
    return subprocess.Popen(
        [base_python(), "-c", CALL, *arguments],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "PYTHONUTF8": "1"} | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **AS_TEXT,
        start_new_session=True,
    )


def finish(call: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for a call; return its exit code, standard output and standard error."""
    output, errors = call.communicate(timeout=60)
    return call.returncode, output, errors


def entered(root: Path, *arguments: str, **variables: str) -> str:
    """Make a call that gets as far as the tool, which is ECHO; return what was printed."""
    code, output, errors = finish(first_call(root, *arguments, **variables))
    assert code == 7, errors
    return output


def refused(root: Path, *arguments: str, **variables: str) -> str:
    """Make a call that ends before the tool begins; return the sentence that says why."""
    code, _, errors = finish(first_call(root, *arguments, **variables))
    assert code == 1, errors
    assert "Traceback" not in errors
    return errors


def base_python() -> str:
    """Return the Python that the environment was made with: what a person has at the start."""
    return sys._base_executable
