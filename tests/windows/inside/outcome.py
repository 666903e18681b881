"""How a scenario says that something does not hold, and how it ends."""

import sys
from collections.abc import Callable


class Fault(Exception):
    """What did not hold, as a sentence."""


def play(scenario: Callable[[], object]) -> None:
    """Play a scenario, and end this process: with 1 and a sentence where something did not hold."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)
    try:
        scenario()
    except Fault as fault:
        print(f"Fault: {fault}")
        sys.exit(1)
    sys.exit(0)
