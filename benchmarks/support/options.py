"""The command line that all benchmarks share: what it takes, what it prints, how it ends."""

import argparse
import sys
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.support.result_files import store
from workbook.cli import Parser
from workbook.errors import WorkbookError
from workbook.invocation import tool_command
from workbook.runtime.run_records import end_leftovers
from workbook.runtime.signals import StopRequested, StopSignals


def at_least_one(text: str) -> int:
    """Return the number that `text` is; argparse turns the error into a sentence."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a number from 1 up, not “{text}”")
    return int(text)


def sizes(text: str) -> tuple[int, ...]:
    """Return the numbers that `text` lists, such as `1,100`, in order and each once."""
    return tuple(sorted({at_least_one(part) for part in text.split(",")}))


class BenchmarkParser(Parser):
    """The options of the benchmark `name`; without `--rounds` it measures so many `rounds`."""

    def __init__(self, name: str, rounds: int) -> None:
        super().__init__(prog=f"{tool_command()} bench {name}", allow_abbrev=False)
        self.name = name
        self.add_argument("--rounds", type=at_least_one, default=rounds, help=f"default: {rounds}")
        self.add_argument("--record", action="store_true", help="keep it in benchmarks/results/")


def run_benchmark(
    parser: BenchmarkParser,
    measure: Callable[[argparse.Namespace], Any],
    table: Callable[[Any], Iterable[str]],
    complaints: Callable[[Any], list[str]] = lambda _result: [],
) -> int:
    """Measure, print the table, keep the result where --record asks for it; return the exit code.

    It is 1 where something must not have happened: `complaints` say what. What a killed benchmark
    left is ended first.
    """

    def act() -> int:
        options = parser.parse_args()
        for line in end_leftovers():
            print(line, flush=True)
        result = measure(options)
        print(*table(result), sep="\n")
        if options.record:
            print(f"Kept in {store(parser.name, result)}")
        found = complaints(result)
        for sentence in found:
            print(sentence, file=sys.stderr)
        return 1 if found else 0

    return carried_out(act)


def carried_out(act: Callable[[], int]) -> int:
    """Carry out a benchmark; return its exit code. What stops it ends all that it started."""
    try:
        with StopSignals().listening():
            return act()
    except StopRequested as stop:
        print("Stopped: nothing is left running.", file=sys.stderr)
        # A benchmark that was called off has measured nothing.
        return stop.exit_code or 130
    except WorkbookError as problem:
        print(problem, file=sys.stderr)
        return 1
