"""The git of this machine, if there is one that works."""

from __future__ import annotations

import shutil
import subprocess

LONGEST_SECONDS = 10


def find_git() -> str | None:
    """Return the path of a git that runs, if any.

    macOS has a file of that name on the PATH before git is installed. It fails with exit code 1,
    with which `git diff` says that there are differences.
    """
    git = shutil.which("git")
    if git is None:
        return None
    try:
        done = subprocess.run(
            [git, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return git if done.returncode == 0 else None
