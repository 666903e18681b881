"""`test`: proves the workbook itself."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import NoReturn

from workbook.bootstrap import compilation
from workbook.invocation import SHELL_MARK
from workbook.paths import ROOT
from workbook.runtime.process_tree import await_end
from workbook.runtime.signals import handled

# Most tests wait for processes: that many workers keep two cores busy, and more of them only take
# the time from each other. A choice of tests is worth fewer, for each takes a second to begin.
WORKERS, WORKERS_OF_A_CHOICE = 5, 3
SIDE_BY_SIDE = (
    *("-p", "tests.plugins.scheduling"),
    *("--dist", "loadscope", "--no-loadscope-reorder", "-n"),
)
WINDOWS = "tests/windows"
# A test whose times a busy machine would spoil runs at the end, with nothing beside it.
NOT_ALONE, ALONE = ("-m", "not alone"), ("-m", "alone", "-n", "0")
SOME_FAILED, NOTHING_TO_RUN = 1, 5  # pytest's exit codes; the second where no test was chosen
END_SECONDS = 60  # to stop what it has started


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.description = "Run the workbook's own tests; more arguments go to pytest."
    parser.add_argument("--all", action="store_true", help="the long rounds too")
    versions = "try every Python with each Django, or those named (3.14); --record keeps it"
    parser.add_argument("--versions", action="store_true", help=versions)
    windows = "on Windows, under Wine on a Debian; with --all the long rounds too"
    parser.add_argument("--windows", action="store_true", help=windows)
    parser.add_argument("--quick", action="store_true", help="what the uncommitted change touches")
    dearest = "name the N dearest tests (30), and what they start"
    parser.add_argument("--durations", nargs="?", type=int, const=30, metavar="N", help=dearest)


def handle(options: argparse.Namespace) -> int:
    """Run pytest, or the rounds of other versions; return the exit code."""
    if options.versions:
        return try_versions(options.rest)
    if options.quick:
        return _run_module(["tests.quick"])
    if options.windows:
        return run_windows(options.rest, everything=options.all)
    return run_tests(options.rest, everything=options.all, dearest=options.durations)


def run_tests(arguments: Sequence[str], everything: bool, dearest: int | None = None) -> int:
    """Run pytest on the workbook's tests with more `arguments` for it; return its exit code.

    `everything`: the long rounds too. `dearest`: show so many tests that took longest. Without
    `arguments` the tests marked `alone` run after the others; a choice of tests runs at once.
    """
    compilation.run(processes=0)
    rounds = ["--all"] if everything else []
    if dearest is not None:
        rounds += ["-p", "tests.plugins.durations", f"--dearest={dearest}"]
        rounds += ["--record-durations"] if not arguments else []
    if arguments:
        return _pytest([*SIDE_BY_SIDE, str(WORKERS_OF_A_CHOICE), *rounds, *arguments])
    first = _pytest([*SIDE_BY_SIDE, str(WORKERS), *NOT_ALONE, *rounds])
    if first not in (0, SOME_FAILED):
        return first  # it was interrupted, or could not begin
    print("\nWhat holds a time runs by itself:\n", flush=True)
    second = _pytest([*ALONE, *rounds])
    return first or (0 if second == NOTHING_TO_RUN else second)


def run_windows(arguments: Sequence[str], everything: bool) -> int:
    """Run the tests on Windows, all or those that `arguments` name; return pytest's exit code.

    Options among them are pytest's, such as `-k` and `-v`: beside them it is still these tests.
    Where that is not this system, it is a Windows under Wine. `everything`: the long rounds too.
    """
    rounds = ["--windows", *(["--all"] if everything else [])]
    all_of_them = [] if any(map(_names_tests, arguments)) else [WINDOWS]
    return _pytest(["-n", "0", *rounds, *arguments, *all_of_them])


def try_versions(pythons: Sequence[str]) -> int:
    """Try the Pythons named, or all, with each Django, and print the table; --record keeps it.

    Returns 1 where a round did not end as it should.
    """
    return _run_module(["tests.versions", *pythons])


def _names_tests(argument: str) -> bool:
    """Tell whether it is a file or folder of tests, and no word of an option's, as in `-k work`."""
    path = ROOT / argument.partition("::")[0]
    return path.is_file() or ("/" in argument and path.is_dir())


def _pytest(options: Sequence[str]) -> int:
    return _run_module(["pytest", *options])


def _run_module(arguments: Sequence[str]) -> int:
    """Run a module, hand on what asks it to end, and return its exit code."""
    sys.stdout.flush()
    # The tests start hundreds of Pythons: each would compile the workbook's own modules again.
    # What they call says what is typed outside of the workbook's shell.
    left_out = {"PYTHONDONTWRITEBYTECODE", SHELL_MARK}
    environ = {name: value for name, value in os.environ.items() if name not in left_out}
    process = subprocess.Popen([sys.executable, "-m", *arguments], cwd=ROOT, env=environ)

    def hand_on(*_: object) -> NoReturn:
        process.terminate()
        raise KeyboardInterrupt

    with handled({signal.SIGTERM: hand_on}):
        try:
            return process.wait()
        except KeyboardInterrupt:
            # After Ctrl-C the terminal has told it as well.
            return await_end(process, END_SECONDS)
