"""`python -m checks.watch LABEL [--target DIR]`: what `check --watch` starts."""

import argparse
import sys
from contextlib import nullcontext, suppress

from checks.reporting.formatting import plain
from checks.target import find_target, missing_packages
from checks.watch.event_lines import EventLines
from checks.watch.keys import has_terminal, read_keys, read_piped_keys
from checks.watch.loop import Loop
from checks.watch.screen import Screen
from workbook.errors import WorkbookError
from workbook.projects.watch_lock import watching_in_terminal
from workbook.runtime.readable import keep_output_readable
from workbook.runtime.run_records import end_leftovers
from workbook.runtime.signals import StopRequested, StopSignals, release_interrupts


def main(arguments: list[str]) -> int:
    """Watch a project until the reader has enough of it; return the exit code."""
    keep_output_readable()
    parser = argparse.ArgumentParser(prog="checks.watch")
    parser.add_argument("label")
    parser.add_argument("--target", metavar="DIR")
    parser.add_argument("--events", action="store_true", help="for a program, which sends the keys")
    options = parser.parse_args(arguments)
    if missing := missing_packages():
        print(f"– {missing.what}\nNext: {missing.way_out}")
        return 2
    try:
        with StopSignals().listening() as signals:
            release_interrupts()
            return watch(options.label, options.target, options.events, signals)
    except StopRequested as stop:
        return stop.exit_code
    except WorkbookError as problem:
        print(plain(str(problem)), file=sys.stderr)
        return 1
    finally:
        with suppress(WorkbookError):  # the checks themselves have told it
            end_leftovers()


def watch(label: str, named: str | None, is_piped: bool, signals: StopSignals) -> int:
    """Watch `work/`, or the folder that is named, with the checks of a step or a lesson.

    `is_piped`: a program reads the events, and sends the keys; it is quit when that one ends.
    """
    target = find_target(label, named)
    if not target.folder.is_dir():
        raise WorkbookError(f"There is no folder {target.shown} to watch.")
    screen = EventLines() if is_piped else Screen(target.headline(), has_terminal())
    loop = Loop(target, screen, [f"--target={named}"] if named else [], signals)
    is_own = target.kind == "work" and not is_piped
    try:
        with (
            read_piped_keys(loop.press) if is_piped else read_keys(loop.press),
            watching_in_terminal() if is_own else nullcontext(),
        ):
            loop.run()
    finally:
        screen.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
