"""Runs in the private copy: `python -m tests.guide.replay.sandbox.entrypoint 01`, and options."""

import argparse
import fcntl
import socket
import struct
import sys
from pathlib import Path

from tests.guide.replay.replay_page import follow
from workbook.paths import ROOT

REFRESH, ENVIRONMENT, SITE = "--refresh", "--environment", "--site"
# Who comes from the page before goes on with what is there, where others lay a clean base.
OWN_WORK, OWN_WORK_TAB = "--own-work", "Your own work/"
# Linux: netdevice(7).
SET_FLAGS, IS_UP = 0x8914, 0x1


def main(arguments: list[str]) -> int:
    """Follow these pages in their order; return 1 after the first that does not hold.

    With --refresh, output that was printed is written into them.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.guide.replay.sandbox.entrypoint")
    add_options(parser)
    parser.add_argument(OWN_WORK, action="store_true")
    parser.add_argument(SITE, type=Path, help="the built guide; without it, it is built")
    options = parser.parse_args(arguments)
    raise_loopback()
    tabs = [OWN_WORK_TAB] if options.own_work else []
    for number in options.pages:
        wrong = follow(ROOT, number, tabs, options.refresh, options.environment, options.site)
        if wrong:
            print(wrong)
            return 1
    return 0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be said of a replay from outside as well."""
    parser.add_argument(
        "pages", nargs="*", metavar="PAGE", help="the number of a page's step, or a lesson's name"
    )
    parser.add_argument(
        REFRESH, action="store_true", help="correct output in docs/ that is no longer printed"
    )
    parser.add_argument(
        ENVIRONMENT,
        type=_environment,
        metavar="FOLDER",
        help="a virtual environment that the reader works in, with another Python or Django; "
        "the workbook keeps its own",
    )


def raise_loopback() -> None:
    """Switch on the network device of localhost: in a new namespace it is off."""
    with socket.socket() as probe:
        fcntl.ioctl(probe, SET_FLAGS, struct.pack("16sh", b"lo", IS_UP))


def _environment(text: str) -> Path:
    folder = Path(text).absolute()
    if not (folder / "bin" / "activate").is_file():
        raise argparse.ArgumentTypeError(f"{folder} is no virtual environment: no bin/activate.")
    return folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
