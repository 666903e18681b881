"""`bench`: what push, polling, the checks and the set-up cost, measured on this machine."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence

from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.runtime.process_tree import await_end
from workbook.runtime.signals import StopRequested, StopSignals

NAMES = ("push", "many", "poll", "pools", "checks", "watch", "setup")
END_SECONDS = 60  # to stop what it has started


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.description = "Measure; more arguments go to the benchmark."
    parser.add_argument(
        "name", nargs="?", help="push, many, poll, pools, checks, watch or setup; default: all"
    )


def handle(options: argparse.Namespace) -> int:
    """Run the benchmark that is named, or all of them; return the worst exit code.

    Raises WorkbookError for an unknown name, and for more arguments to all of them at once.
    """
    name, arguments = options.name, options.rest
    if name is not None and name not in NAMES:
        raise WorkbookError(
            f"There is no benchmark “{name}”. These are the benchmarks: {', '.join(NAMES)}."
        )
    if name is None and arguments:
        raise WorkbookError(
            f"“{' '.join(arguments)}” goes to one benchmark alone: name one of {', '.join(NAMES)}."
        )
    sys.stdout.flush()
    try:
        with StopSignals().listening():
            return max(_run(one, arguments) for one in ([name] if name else NAMES))
    except StopRequested as stop:
        # A benchmark that was interrupted has measured nothing.
        return stop.exit_code or 130


def _run(name: str, arguments: Sequence[str]) -> int:
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    with subprocess.Popen(command, cwd=ROOT) as child:
        try:
            return child.wait()
        except StopRequested:
            # Ctrl-C has reached the child as well, SIGTERM has not. It ends what it started.
            child.terminate()
            await_end(child, END_SECONDS)
            raise
