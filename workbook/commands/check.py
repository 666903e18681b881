"""`check`: the learner's own project against a step's checks."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

from workbook.bootstrap import compilation, environment
from workbook.bootstrap.portions import BASE, BROWSER
from workbook.browser import find_chromium
from workbook.errors import WorkbookError
from workbook.invocation import tool_command
from workbook.paths import ROOT, WORK
from workbook.projects.lessons import find_lesson
from workbook.projects.replacement import settle
from workbook.projects.step_detection import last_step
from workbook.runtime.child_environment import environment_for_checks
from workbook.runtime.signals import hold_interrupts, wait_for_successor

EXIT_CODES = """\
exit code:
  0  every check is ✓
  1  at least one check is ✗, or the command could not be carried out
  2  no check is ✗, but at least one is –: it can't be told here or now. The step
     is done all the same when nothing but a browser is missing

A – waits for another check, or this machine lacks what the check needs.
An exercise, ☆ or ★, changes no exit code.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.description = "Check your project, and say what to do next."
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXIT_CODES
    parser.add_argument("step", nargs="?", help="such as 02; default: the one it looks like")
    parser.add_argument("--target", metavar="DIR", help="another folder than work/")
    parser.add_argument(
        "--watch",
        action="store_true",
        help="check on every save, and show the first ✗ alone, until Ctrl-C",
    )
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="list the checks that wait for another one too"
    )
    parser.add_argument("--trace", action="store_true", help="show every frame of every traceback")


def handle(options: argparse.Namespace) -> int:
    """Run a step's checks on `work/`, or on the target; return their exit code.

    Raises WorkbookError for an unknown step, and where there is no `work/`.
    """
    text, named = options.step, options.target
    if options.watch and (options.trace or options.verbose):
        option = "--trace" if options.trace else "-v"
        raise WorkbookError(f"--watch shows the first ✗ alone: leave out {option}, or --watch.")
    settle()
    if named is None and not os.path.lexists(WORK):
        begin = find_lesson(text or "01").label
        raise WorkbookError(
            "check looks at your project in work/, and there is no work/ yet.\n"
            f"Begin one: {tool_command()} start {begin}"
        )
    step = find_lesson(text) if text else find_lesson(str(likely_step(named)))
    if looks_through_a_browser(step.checks) and find_chromium():
        bring_browser_driver()
    environment = environment_for_checks()
    if options.watch:
        command = [sys.executable, "-P", "-m", "checks.watch", step.label]
        paths = [str(ROOT), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    else:
        command = [sys.executable, "-P", "-m", "pytest", str(step.checks)]
    if named is not None:
        command.append(f"--target={named}")
    if options.trace:
        command.append("--full-trace")
    if options.verbose:
        command.append("--verbose")
    sys.stdout.flush()
    if os.name == "posix":
        # What checks takes this process's place: Ctrl-C and the exit code are its own.
        hold_interrupts()
        os.execve(command[0], command, environment)
    with subprocess.Popen(command, env=environment) as process:
        return wait_for_successor(process)


def likely_step(named: str | None) -> int:
    """Return the step that the project looks like, and say so; 1 where there is no project."""
    folder, shown = (WORK, "work/") if named is None else (Path(named), named)
    if not (folder / "manage.py").is_file():
        return 1
    seen = last_step(folder)
    if seen is None:
        raise WorkbookError(
            f"{shown} looks like several steps at once, so it is hard to tell which one to check.\n"
            f"Name it: {tool_command()} check 03"
        )
    print(f"{shown} looks like step {seen:02d}. For another: {tool_command()} check 0N")
    return seen


def looks_through_a_browser(checks: Path) -> bool:
    """Tell whether some of a step's checks look through a real browser."""
    # Through the one that steps share, or through one of its own.
    names = re.compile(r"\b(live_page|find_browser)\b")
    return any(names.search(path.read_text("utf-8")) for path in checks.glob("*.py"))


def bring_browser_driver() -> None:
    """Install what drives a browser, once. Without it the checks go on: those alone can't tell."""
    wanted = (BASE, BROWSER)
    if environment.is_complete(wanted):
        return
    from workbook.bootstrap import install

    try:
        install.prepare(wanted)
        compilation.begin(os.environ)
    except WorkbookError as problem:
        print(f"{problem}\n\nThe checks go on without a browser.\n", flush=True)
