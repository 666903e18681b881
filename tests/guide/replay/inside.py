"""Runs in the private copy: `python -m tests.guide.replay.inside 01 [--refresh]`."""

from __future__ import annotations

import sys

from tests.guide.replay.following import follow
from workbook.places import ROOT

REFRESH = "--refresh"


def main(arguments: list[str]) -> int:
    """Follow the page of a step, with --refresh to correct it; return 1 if it does not hold."""
    number, *options = arguments
    wrong = follow(ROOT, number, refreshes=REFRESH in options)
    if wrong:
        print(wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
