"""A command of a test's: run to its end, or as long as a block lasts."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbook.runtime.process_output import AS_TEXT

SECONDS = 120


@contextmanager
def in_background(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command inside the block, and kill it after that; `options` are Popen's own."""
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def run_command(
    command: Sequence[str | Path],
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    **options: Any,
) -> subprocess.CompletedProcess[str]:
    """Run a command that can ask nothing; return its exit code and what it printed, as text.

    `env` is all of its environment, if it is not to be ours. `options` are subprocess.run's own,
    such as `stderr=STDOUT` for one text of both, or a `timeout` other than two minutes.
    """
    usual = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    usual |= {"timeout": SECONDS, "check": False, **AS_TEXT}
    return subprocess.run(command, cwd=cwd, env=env, **usual | options)


def make_program(path: Path, lines: str) -> None:
    """Write a program of these lines for the shell."""
    path.write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
    path.chmod(0o755)


def make_broken_git(folder: Path) -> None:
    """Put a `git` into `folder` that always fails, as a Mac's does before git is installed."""
    make_program(folder / "git", "exit 1")
