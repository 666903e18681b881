"""What the benchmarks' command lines share: numbers, and how they end."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from workbook.cli import Parser
from workbook.errors import WorkbookError
from workbook.invocation import tool_command
from workbook.runtime.signals import StopRequested, StopSignals


def at_least_one(text: str) -> int:
    """Return the number that `text` is; argparse turns the error into a sentence."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a number from 1 up, not “{text}”")
    return int(text)


def bench_parser(name: str, rounds: int) -> Parser:
    """Return the parser of `bench NAME`, with --rounds (by default `rounds`) and --record."""
    parser = Parser(prog=f"{tool_command()} bench {name}", allow_abbrev=False)
    parser.add_argument("--rounds", type=at_least_one, default=rounds, help="default: %(default)s")
    parser.add_argument("--record", action="store_true", help="keep it in benchmarks/results/")
    return parser


def sizes(text: str) -> tuple[int, ...]:
    """Return the numbers that `text` lists, such as `1,100`, in order and each once."""
    return tuple(sorted({at_least_one(part) for part in text.split(",")}))


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
