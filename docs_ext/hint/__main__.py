"""Prints one hint: `python -m docs_ext.hint LABEL GRADE`, for what the last check said of `work/`.

With `--exercise` it is for the step's exercise. The exit code is 0, 3 after the last grade, or 130
after Ctrl-C.
"""

import argparse
import shutil
import sys

from docs_ext.hint.grades import GRADES, exercise_grades, exercise_lines, hint_lines
from workbook.errors import WorkbookError
from workbook.paths import WORK
from workbook.projects.progress import read_progress
from workbook.runtime.console import wants_colour
from workbook.runtime.readable import keep_output_readable
from workbook.runtime.signals import release_interrupts

WIDEST = 100
IS_LAST, BROKEN_OFF = 3, 130
COLOURS = {"  +": "\033[32m", "  -": "\033[31m"}


def coloured(line: str) -> str:
    """Return a line of a diff in its colour."""
    colour = COLOURS.get(line[:3], "")
    return f"{colour}{line}\033[0m" if colour else line


def main(arguments: list[str]) -> int:
    """Print it; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m docs_ext.hint", description=__doc__)
    parser.add_argument("label")
    parser.add_argument("grade", type=int)
    parser.add_argument("--exercise", action="store_true")
    options = parser.parse_args(arguments)
    keep_output_readable()
    width = min(shutil.get_terminal_size().columns, WIDEST)
    run = read_progress().of(options.label).last
    try:
        if options.exercise:
            grades = exercise_grades(options.label)
            lines = exercise_lines(options.label, min(options.grade, grades), width)
        else:
            if run is None or run.cross is None:
                raise WorkbookError("No ✗ is remembered. Run the check once more.")
            lines, grades = hint_lines(run.cross, options.label, WORK, options.grade, width), GRADES
    except WorkbookError as problem:
        print(problem, file=sys.stderr)
        return 1
    is_change = options.grade >= GRADES and not options.exercise and wants_colour(sys.stdout)
    print("\n".join(coloured(line) if is_change else line for line in lines))
    return IS_LAST if options.grade >= grades else 0


if __name__ == "__main__":
    try:
        release_interrupts()  # `workbook hint` holds them until here
        code = main(sys.argv[1:])
    except KeyboardInterrupt:
        code = BROKEN_OFF
    sys.exit(code)
