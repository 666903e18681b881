"""A pytest that begins in a fork of a process that has imported libraries and nothing of ours.

It does what `python -m pytest` does, without Python's start and the import of the libraries: half
of what a short run of the checks costs. Each run is a process of its own, which imports pytest's
plugins, the checks and the workbook anew. Where nothing forks it is `python -m pytest` itself.
"""

import functools
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from tests.support.commands import SECONDS, run_command
from tests.support.pytest_child import become_pytest
from tests.support.tool_process import MARK

# What nearly every run of the checks imports. Nothing of the workbook, which each run shall read
# for itself, and no plugin: pytest rewrites the assertions of those as it imports them.
LIBRARIES = (
    "celery.app.control",
    "honcho.process",
    "httpx",
    "kombu.transport.redis",
    "psutil",
    "pytest",
    "websockets.sync.client",
)
# What changes Python itself cannot be had after its start, but for these.
KNOWN = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONUTF8"}


@dataclass(frozen=True)
class PytestOutput:
    """What a run of pytest printed, errors among the rest, and its exit code."""

    code: int
    text: str

    @property
    def flat(self) -> str:
        """The text as one line, wherever it was wrapped."""
        return " ".join(self.text.split())

    @property
    def lines(self) -> list[str]:
        """The lines of text, without times."""
        return self.timeless.splitlines()

    @property
    def timeless(self) -> str:
        """The text, with every time written as `0.00s`."""
        return re.sub(r"\d+\.\d\ds", "0.00s", self.text)


def run_pytest(
    arguments: Sequence[str], cwd: Path, environ: Mapping[str, str], *, safe_path: bool = False
) -> PytestOutput:
    """Run pytest in `cwd`; return what it printed, and its exit code.

    `environ` is all of its environment. `safe_path`: modules beside it are not found, as by `-P`.
    """
    if not _can_fork(environ):
        options = ["-P"] if safe_path else []
        command = [sys.executable, *options, "-m", "pytest", *arguments]
        done = run_command(command, cwd, environ, stderr=subprocess.STDOUT)
        return PytestOutput(done.returncode, done.stdout)
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "output"
        process = _fork_server().Process(
            target=become_pytest, args=(list(arguments), cwd, dict(environ), output, safe_path)
        )
        process.start()
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(["pytest", *arguments], SECONDS, output.read_bytes())
        text = output.read_text(encoding="utf-8", errors="replace")
        return PytestOutput(process.exitcode, text)


def _can_fork(environ: Mapping[str, str]) -> bool:
    has_server = "forkserver" in multiprocessing.get_all_start_methods()
    unknown = {name for name in environ if name.startswith("PYTHON")} - KNOWN
    return has_server and environ.get("PYTHONUTF8") == "1" and not unknown


@functools.cache
def _fork_server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(LIBRARIES))
    with pytest.MonkeyPatch.context() as patch:
        # Read once, by the first one that is started: the server itself.
        patch.setenv("PYTHONUTF8", "1")
        # It outlives the test that it starts in, and is none of what that one has marked.
        for name in [name for name in os.environ if name.startswith("PYTEST") or name == MARK]:
            patch.delenv(name)
        first = context.Process(target=int)
        first.start()
        first.join()
    return context
