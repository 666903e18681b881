"""A workbook of the replay's own: its files, its ports, its processes.

The page says localhost:8000 and localhost:6379, and the replay types just that. So that it meets
neither this machine's Redis nor another replay, it runs in namespaces of its own (Linux): a network
in which nobody else listens, processes that all end with it, and a copy of the workbook, mounted
over the real one at the very path that `.venv` was made for.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.support.commands import run_command
from workbook.paths import ENVIRONMENT, ROOT

UNSHARE = (
    *("unshare", "--user", "--map-root-user"),
    *("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"),
)
# What only this machine's workbook has: its state, what a learner did, what a run left.
OWN = shutil.ignore_patterns(
    *(".git", ".venv", ".workbook", "work", "work.*", "site", "__pycache__", ".*_cache")
)
PAGES_SECONDS = 1500
ENTER = """
set -e
mount --bind "$1/.venv" "$2/.venv"
mount -o remount,bind,ro "$2/.venv"
mount --rbind "$2" "$1"
cd "$1"
shift 2
# Not the last command: bash stays, as the process that orphans go to.
"$@" || exit $?
exit 0
"""


@cache
def has_namespaces() -> bool:
    """Tell whether this system gives the replay namespaces of its own."""
    if not shutil.which(UNSHARE[0]):
        return False
    # --rbind, as ENTER does: something may be mounted below /tmp already.
    command = [*UNSHARE, "mount", "--rbind", "/tmp", "/tmp"]
    return run_command(command, timeout=30).returncode == 0


@contextmanager
def private_copy() -> Iterator[Path]:
    """Copy the workbook without its noise into a temporary folder that goes with the block."""
    with tempfile.TemporaryDirectory(prefix="workbook-replay-") as temporary:
        copy = Path(temporary) / "copy"
        shutil.copytree(ROOT, copy, symlinks=True, ignore=OWN)
        (copy / ENVIRONMENT.name).mkdir()
        yield copy


def follow_in(copy: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Follow pages in the copy, at the real one's path; return what was said of them.

    `arguments` are those of `inside.py`: the numbers of the pages' steps, and options.
    """
    command = [*UNSHARE, "bash", "-c", ENTER, "enter", str(ROOT), str(copy)]
    command += [sys.executable, "-u", "-m", "tests.guide.replay.sandbox.entrypoint", *arguments]
    return run_command(command, stderr=subprocess.STDOUT, timeout=PAGES_SECONDS)
