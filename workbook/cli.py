"""The command line: the verbs, their options, and how errors reach a person."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from workbook.errors import WorkbookError
from workbook.invocation import tool_command

HELP = """\
The workbook: Celery and websockets in Django, step by step.

  {0} run            start your project in work/, or the finished one, and open it
  {0} run 03         start step 03 as it ends: web, worker, beat and a Redis
  {0} start 02       lay the base of step 02 into work/ and begin
  {0} check 02       is your work/ right, and what is the next thing to do?
  {0} diff 03        what step 03 changes;  --mine: your work/ against it
  {0} guide          read the guide in the browser
  {0} redis          a Redis for the commands you type by hand
  {0} doctor         is everything there, and where do you stand?
  {0} bench          what push, polling and the set-up cost, measured here
  {0} test           prove the workbook itself

Every verb tells more with --help. Steps are called by number: 01 to 05.
"""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in the tool's own way, with the tool's own exit code."""

    def error(self, message: str) -> NoReturn:
        raise WorkbookError(f"{message[:1].upper()}{message[1:]}.\nTry: {self.prog} --help")


def run(options: argparse.Namespace) -> int:
    from workbook.commands.run import run_step

    return run_step(options.step, options.port, options.redis, verbose=options.verbose)


def start(options: argparse.Namespace) -> int:
    from workbook.commands.start import start_step

    return start_step(options.step)


def check(options: argparse.Namespace) -> int:
    from workbook.commands.check import check_step

    return check_step(options.step, options.target, options.trace)


def diff(options: argparse.Namespace) -> int:
    from workbook.commands.diff import show_difference

    return show_difference(options.step, mine=options.mine, stat=options.stat)


def redis(options: argparse.Namespace) -> int:
    from workbook.commands.redis import serve_redis

    return serve_redis(options.port)


def doctor(options: argparse.Namespace) -> int:
    from workbook.commands.doctor import examine

    return examine()


def guide(options: argparse.Namespace) -> int:
    from workbook.commands.guide import serve_guide

    return serve_guide(options.port)


def bench(options: argparse.Namespace) -> int:
    from workbook.commands.bench import run_benchmarks

    return run_benchmarks(options.name, options.rest)


def test(options: argparse.Namespace) -> int:
    from workbook.commands.test import run_quick, run_tests, try_versions

    if options.versions:
        return try_versions(options.rest)
    if options.quick:
        return run_quick()
    return run_tests(options.rest, everything=options.all, dearest=options.durations)


def port_number(text: str) -> int:
    """Return the port that `text` names; argparse turns the error into a sentence."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not “{text}”")
    return int(text)


def build_parser() -> tuple[Parser, list[str]]:
    """Return the parser of all verbs, and the verbs."""
    parser = Parser(prog=tool_command(), add_help=False)
    verbs = parser.add_subparsers(dest="verb", parser_class=Parser)

    def add(
        name: str, act: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        verb = verbs.add_parser(name, description=text, help=text, allow_abbrev=False)
        verb.set_defaults(act=act)
        return verb

    verb = add("run", run, "Run a step with every process of its Procfile; Ctrl-C stops all.")
    verb.add_argument("step", nargs="?", help="such as 03; default: work/ if there, else 05")
    verb.add_argument("--port", type=port_number, help="for the web pages; default: 8000")
    choices = "auto (default), server, embedded, or an address such as redis://localhost:6379"
    verb.add_argument("--redis", default="auto", metavar="WHICH", help=choices)
    where = "say where the time of the start went"
    verb.add_argument("--verbose", action="store_true", help=where)

    verb = add("start", start, "Lay the base of a step into work/; what was there is kept beside.")
    verb.add_argument("step", help="such as 02")

    verb = add("check", check, "Check your project, and say what to do next.")
    verb.add_argument("step", nargs="?", help="such as 02; default: the one it looks like")
    verb.add_argument("--target", metavar="DIR", help="another folder than work/")
    verb.add_argument("--trace", action="store_true", help="show every frame of every traceback")

    verb = add("diff", diff, "Show what a step changes.")
    verb.add_argument("step", help="such as 02")
    verb.add_argument("--mine", action="store_true", help="your work/ against the finished step")
    verb.add_argument("--stat", action="store_true", help="only which files, and how much")

    verb = add("redis", redis, "Run a Redis in the foreground, for commands typed by hand.")
    verb.add_argument("--port", type=port_number, default=6379, help="default: 6379")

    add("doctor", doctor, "Look at Python, the environment, Redis, the ports and work/.")

    verb = add("guide", guide, "Serve the guide, and load it anew when a page changes.")
    verb.add_argument("--port", type=port_number, default=8001, help="default: 8001")

    verb = add("bench", bench, "Measure; more arguments go to the benchmark.")
    verb.add_argument("name", nargs="?", help="push, poll, pools, checks or setup; default: all")

    verb = add("test", test, "Run the workbook's own tests; more arguments go to pytest.")
    verb.add_argument("--all", action="store_true", help="the long rounds too")
    versions = "try every Python with each Django, and record the table; or those named, as 3.14"
    verb.add_argument("--versions", action="store_true", help=versions)
    verb.add_argument("--quick", action="store_true", help="what the uncommitted change touches")
    dearest = "name the N dearest tests (30), and what they start"
    verb.add_argument("--durations", nargs="?", type=int, const=30, metavar="N", help=dearest)
    return parser, list(verbs.choices)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options; raise WorkbookError for an unknown verb or argument.

    `test` hands what it does not know to pytest, `bench` to the benchmark.
    """
    parser, verbs = build_parser()
    if arguments[0] not in verbs:
        names = ", ".join(verbs)
        raise WorkbookError(f"There is no verb “{arguments[0]}”. These are the verbs: {names}.")
    options, rest = parser.parse_known_args(arguments)
    if rest and options.verb not in {"test", "bench"}:
        raise WorkbookError(
            f"“{' '.join(rest)}” is not understood here.\n"
            f"Try: {tool_command()} {options.verb} --help"
        )
    options.rest = rest
    return options


def main(arguments: Sequence[str]) -> int:
    """Carry out one command line; return the exit code. Errors become a sentence on stderr."""
    try:
        if not arguments or arguments[0] in {"-h", "--help", "help"}:
            print(HELP.format(tool_command()), end="", flush=True)
            return 0
        options = parse(arguments)
        code: int = options.act(options)
        sys.stdout.flush()
        return code
    except WorkbookError as problem:
        sys.stdout.flush()
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (such as `| head`) has left; Python must not complain of it on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
