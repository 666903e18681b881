"""The command line: the verbs, their options, and how errors reach a person."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NoReturn

from workbook.errors import WorkbookError
from workbook.invocation import tool_command
from workbook.paths import WORK
from workbook.projects.lessons import all_lessons
from workbook.projects.progress import read_progress
from workbook.projects.replacement import reason
from workbook.projects.standing import Standing
from workbook.projects.work_record import read_record
from workbook.runtime.readable import keep_output_readable

HELP = """\
The workbook: Celery and websockets in Django, step by step.

  {0} run            start your project in work/, or the finished one, and open it
  {0} run 03         start the finished step 03: web, worker, beat and a Redis
  {0} start 02       put the base of step 02 into work/ and begin
  {0} shell          your own shell in work/, with the environment active
  {0} check 02       is your work/ right, and what next?  --watch: on every save
  {0} hint           lead on from the first ✗: the idea, the place, the change
  {0} diff 03        what step 03 changes;  --mine: your work/ against it
  {0} reset          a file of work/, or all of it, as the step began;  --undo
  {0} guide          read the guide in the browser
  {0} redis          a Redis for the commands you type by hand
  {0} doctor         is all there, and where do you stand?  --report: for an issue
  {0} bench          what push, polling and the set-up cost, measured here
  {0} test           prove the workbook itself

Every subcommand explains itself with --help. Steps are called by number: 01 to 05.
"""
LESSONS = "Further lessons are called by name: {}.\n"
WIDEST = 100
VERBS = (
    *("run", "start", "shell", "check", "hint", "diff", "reset"),
    *("guide", "redis", "doctor", "bench", "test"),
)


class Parser(argparse.ArgumentParser):
    """Says what is wrong in the tool's own way, with the tool's own exit code."""

    def error(self, message: str) -> NoReturn:
        raise WorkbookError(f"{message[:1].upper()}{message[1:]}.\nTry: {self.prog} --help")


def parse(
    arguments: Sequence[str],
) -> tuple[Callable[[argparse.Namespace], int], argparse.Namespace]:
    """Return what carries out the verb, and its options; only the verb's own module is imported.

    Raises WorkbookError for an unknown verb or argument. `test` hands what it does not know to
    pytest, `bench` to the benchmark.
    """
    verb, *more = arguments
    if verb not in VERBS:
        raise WorkbookError(
            f"There is no subcommand “{verb}”. These are the subcommands: {', '.join(VERBS)}."
        )
    command = import_module(f"workbook.commands.{verb}")
    parser = Parser(prog=f"{tool_command()} {verb}", allow_abbrev=False)
    command.add_arguments(parser)
    options, rest = parser.parse_known_args(more)
    if rest and verb not in {"test", "bench"}:
        raise WorkbookError(
            f"“{' '.join(rest)}” is not understood here.\nTry: {parser.prog} --help"
        )
    options.rest = rest
    return command.handle, options


def help_text() -> str:
    """Return what the tool says without a subcommand."""
    names = ", ".join(lesson.name for lesson in all_lessons())
    return HELP.format(tool_command()) + (LESSONS.format(names) if names else "")


def standing_lines() -> list[str]:
    """Return where the learner stands, as wide as the terminal at most."""
    width = min(shutil.get_terminal_size().columns, WIDEST)
    return Standing(read_progress(), read_record(), WORK.is_dir()).lines(width)


def send_off_output() -> None:
    """Send off what was printed. What can't be sent, Python must not report as it exits."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(arguments: Sequence[str]) -> int:
    """Carry out one command line; return the exit code. Errors become a sentence on stderr."""
    keep_output_readable()
    try:
        if not arguments or arguments[0] in {"-h", "--help", "help"}:
            print(help_text(), end="", flush=True)
            if not arguments:
                print("", *standing_lines(), sep="\n", flush=True)
            return 0
        handle, options = parse(arguments)
        code = handle(options)
        sys.stdout.flush()
        return code
    except WorkbookError as problem:
        send_off_output()
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader (such as `| head`) has left
        send_off_output()
        return 1
    except OSError as problem:
        send_off_output()
        # What no verb expects: a full disk, a file of somebody else's, a pipe among the files.
        print(
            WorkbookError(
                f"{tool_command()} {' '.join(arguments[:1])} could not go on: {reason(problem)}.\n"
                "Make room, give yourself the right to it, or move away what is in the way; then"
                " call again."
            ),
            file=sys.stderr,
        )
        return 1
