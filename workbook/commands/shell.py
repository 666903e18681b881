"""`shell`: the learner's own shell in `work/`, with the environment active."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from typing import NoReturn

import psutil

from workbook.bootstrap import workbook_command
from workbook.bootstrap.environment import activated, scripts_of
from workbook.errors import WorkbookError
from workbook.invocation import SHELL_MARK, tool_command
from workbook.paths import ENVIRONMENT, ROOT, STATE, WORK
from workbook.projects.replacement import settle
from workbook.runtime.signals import wait_for_successor
from workbook.shells.detection import own_shell
from workbook.shells.startup import Launch, Place, launch


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the verb takes."""
    parser.description = "Open your own shell in work/, with the workbook's environment active."


def handle(_options: argparse.Namespace) -> int:
    """Become the learner's shell, in `work/`; return its exit code.

    Raises WorkbookError where there is no `work/`, inside such a shell, and where its files can't
    be written.
    """
    settle()
    require_work()
    refuse_second()
    scripts, is_interactive = scripts_of(ENVIRONMENT), sys.stdin.isatty()
    environ = activated(dict(os.environ)) | {SHELL_MARK: str(os.getpid()), "PWD": str(WORK)}
    environ.pop("__PYVENV_LAUNCHER__", None)  # macOS: every Python would take itself for ours
    place = Place(WORK, ENVIRONMENT, scripts)
    try:
        workbook_command.place(scripts)
        started = launch(own_shell(environ), place, STATE / "shell", environ, is_interactive)
    except OSError as problem:
        raise WorkbookError(
            f"The shell's files can't be written: {problem}.\nMake that folder writable, or go to"
            f" work/ and activate the environment yourself: see the page Set up."
        ) from problem
    if is_interactive:
        print(
            f"You are in {WORK}, with the workbook's environment. Leave it with: exit", flush=True
        )
    if os.name == "posix":
        become(started)
    return wait_for(started)


def require_work() -> None:
    """Raise WorkbookError unless there is a folder `work/`."""
    if WORK.is_dir():
        return
    what = "is no folder" if os.path.lexists(WORK) else "is not there yet"
    raise WorkbookError(
        f"The shell opens in work/, your project's folder, and that {what}.\n"
        f"Begin one: {tool_command()} start 01"
    )


def refuse_second() -> None:
    """Raise WorkbookError where this was typed in such a shell already."""
    number = os.environ.get(SHELL_MARK, "")
    # The variable alone proves nothing: what was started there, such as an editor, hands it on.
    if number.isdecimal() and int(number) in {one.pid for one in psutil.Process().parents()}:
        raise WorkbookError(
            "This is the workbook's shell already: the environment is active.\n"
            f"Your project is in {WORK}. Leave this shell with: exit"
        )


def become(started: Launch) -> NoReturn:
    """Put the shell in the place of this process: Ctrl-C and the exit code are its own."""
    os.chdir(WORK)
    # Python ignores these for itself, and what it starts would go on so: no command in a pipe
    # would end when its reader does.
    for name in ("SIGPIPE", "SIGXFSZ"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    os.execve(started.command[0], list(started.command), started.environ)


def wait_for(started: Launch) -> int:
    """Run the shell, and return its exit code. On Windows no process can become another."""
    os.chdir(ROOT)  # a process that is in work/ would hinder `start`
    with subprocess.Popen(started.command, cwd=WORK, env=started.environ) as process:
        return wait_for_successor(process)
