"""How long checks wait: longer on a slow machine, as one with Windows often is, by a measure of it.

Limits of time were chosen where a Python starts in 10 ms. Where a virus scanner looks at every file
it may take ten times as long, and so does all that a project does: that is no mistake of its own.
"""

import os
import subprocess
import sys
import time
from contextlib import suppress
from functools import cache

VARIABLE = "WORKBOOK_SLOWNESS"
# What the step takes on a machine at rest, at most. The limits leave room for one that is busy.
USUAL_SECONDS, ROOM = 0.03, 1.5
TRIES, MOST, LONGEST_SECONDS = 3, 8.0, 10
# A small program that reads some files, as each Python does, and none of anybody's own.
STEP = (sys.executable, "-I", "-S", "-c", "import logging")


@cache
def slowness() -> float:
    """Return how many times as long as usual things take here: 1 to MOST, measured once.

    Who knows it can name it in the environment: the workbook's own tests do.
    """
    if named := os.environ.get(VARIABLE):
        return float(named)
    least = float(LONGEST_SECONDS)
    for _ in range(TRIES):  # the one that was disturbed least counts
        least = min(least, step_seconds())
        if least <= ROOM * USUAL_SECONDS:
            return 1.0
    return min(MOST, least / USUAL_SECONDS)


def patience(seconds: float) -> float:
    """Return how long to wait here for what takes `seconds` at the most on a usual machine."""
    return seconds if slowness() == 1 else round(seconds * slowness(), 1)


def delay(seconds: float) -> float:
    """Return what things that usually take `seconds` take longer here.

    It goes on top of a limit that a project keeps by a time-out of its own.
    """
    return patience(seconds) - seconds


def step_seconds() -> float:
    """Return how long the step takes here, from its start to its end."""
    began = time.monotonic()
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(STEP, stdin=subprocess.DEVNULL, timeout=LONGEST_SECONDS, check=False)
    return time.monotonic() - began
