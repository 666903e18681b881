"""From any Python into the environment's: makes it if needed, and continues inside it."""

from __future__ import annotations

import os
import subprocess
import sys

from workbook.bootstrap.environment import activated, is_complete, is_inside, python_of
from workbook.bootstrap.portions import wanted_by
from workbook.errors import WorkbookError
from workbook.paths import ENVIRONMENT, ROOT
from workbook.runtime.readable import keep_output_readable
from workbook.runtime.signals import hold_interrupts, wait_for_successor


def enter(arguments: list[str]) -> int:
    """Go on with `arguments` in the environment's Python; the working folder stays as it is.

    On POSIX this process becomes that Python. On Windows it waits for it and returns its exit code.
    Raises WorkbookError where it can't be started.
    """
    # By its path, not with -m: a file in the learner's current folder can't pass for a library.
    script = ROOT / "workbook" / "__main__.py"
    command = [str(python_of(ENVIRONMENT)), str(script)] + arguments  # noqa: RUF005 (any Python)
    environ = activated(dict(os.environ))
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        if os.name == "posix":
            hold_interrupts()
            os.execve(command[0], command, environ)
        process = subprocess.Popen(command, env=environ)
    except OSError as problem:
        raise WorkbookError(
            f"The environment's Python, {command[0]}, could not be started: {problem.strerror}.\n"
            "Put the workbook on a disk from which programs may be started, or remove .venv to have"
            " it made again, then call again."
        ) from problem
    with process:
        return wait_for_successor(process)


def main(arguments: list[str]) -> int:
    """Run the command line in the environment, made first if need be; return its exit code."""
    keep_output_readable()
    try:
        wanted = wanted_by(arguments)
        if not is_complete(wanted):
            from workbook.bootstrap import install

            install.prepare(wanted)
        if not is_inside():
            return enter(arguments)
    except WorkbookError as problem:
        print(problem, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of the progress (such as `| head`) has left. The next call goes on.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print(
            "\nStopped halfway. Call again to finish the environment.",
            file=sys.stderr,
        )
        return 130
    os.environ.update(activated(dict(os.environ)))
    from workbook.bootstrap import compilation
    from workbook.cli import main as command_line

    # `run` has its processes to start first, and `test` compiles before it begins.
    if arguments[:1] not in (["run"], ["test"]):
        compilation.begin(os.environ)
    return command_line(arguments)
