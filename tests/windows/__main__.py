"""`python -m tests.windows [--record]`: set-up, `run 05` and the checks of the steps on Windows.

With --record it becomes a row of the table of proven versions that the guide shows. Returns 1 where
something did not hold.
"""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.support.options import carried_out
from benchmarks.versions import FAILS, HOLDS, LEFT_OUT, Proof, RoundResult
from tests.versions.grounds import NoGround
from tests.versions.rounds import CROSS, ORDER, STEPS, WINDOWS, today
from tests.versions.table import HEAD, keep, lines
from tests.versions.workbook_copy import Done
from tests.windows.clone import SETUP_SECONDS, Clone, find_windows, fresh_clone
from workbook.errors import WorkbookError
from workbook.projects.steps import find_step

RUN_SECONDS, CHECK_SECONDS = 240, 300
CANNOT_TELL = 2  # the checks' exit code
VERSIONS = "import django, platform; print(platform.python_version(), django.__version__)"
# `By the way, 4 checks were not looked at: there is no Chromium, …`
NOT_LOOKED_AT = re.compile(r"(\S+) checks? (?:was|were) not looked at")


class Round:
    """What was proven so far in a clone."""

    def __init__(self, clone: Clone) -> None:
        self.clone = clone
        self.proofs: list[Proof] = []

    def make(self) -> RoundResult:
        """Try everything, and return the table's row."""
        with self.proving("set-up"):
            require(self.clone.workbook(seconds=SETUP_SECONDS))
        done = self.clone.python("-c", VERSIONS, seconds=RUN_SECONDS)
        python, django = done.last_line.split() if done.succeeded else ("3.13", "5.2")
        if done.succeeded:
            with self.proving("run 05"):
                require(self.clone.scenario("run_step", "ctrl-c", seconds=RUN_SECONDS))
            for step in STEPS:
                with self.proving(f"check {step:02d}"):
                    self.check(step)
        where = self.clone.windows.where
        return RoundResult(WINDOWS, python, django, where, today(), self.proofs)

    def check(self, step: int) -> None:
        """Run a step's checks on its snapshot. Raises NoGround where some could not be told."""
        target = f"steps/{find_step(str(step)).folder.name}"
        label = f"{step:02d}"
        done = self.clone.workbook(
            "check", label, "--target", target, seconds=CHECK_SECONDS, PYTHONIOENCODING="utf-8"
        )
        if done.code == CANNOT_TELL and (found := NOT_LOOKED_AT.search(done.text)):
            raise NoGround(f"no Chromium is there, and {found[1]} checks look through one")
        if not done.succeeded:
            titles = ", ".join(f"“{title}”" for title in CROSS.findall(done.text))
            raise WorkbookError(titles or done.last_line)

    @contextmanager
    def proving(self, name: str) -> Iterator[None]:
        """Note down what comes of the block, and how long it takes."""
        began, outcome, said = time.monotonic(), HOLDS, ""
        try:
            yield
        except NoGround as none:
            outcome, said = LEFT_OUT, str(none)
        except WorkbookError as problem:
            outcome, said = FAILS, str(problem)
        self.proofs.append(Proof(name, outcome, round(time.monotonic() - began, 1), said))


def require(done: Done) -> None:
    """Raise WorkbookError, with the last line, for a command that failed."""
    if not done.succeeded:
        raise WorkbookError(done.last_line)


def main() -> int:
    """Make the round, print its row, and keep it if that is wanted."""
    try:
        windows = find_windows()
    except NoGround as none:
        print(f"Left out: {none}.")
        return 0
    print(HEAD, flush=True)
    with fresh_clone(windows) as clone:
        made = Round(clone).make()
    print(*lines(made), sep="\n")
    if "--record" in sys.argv[1:]:
        keep([made], ORDER)
    return 0 if made.is_as_expected else 1


if __name__ == "__main__":
    sys.exit(carried_out(main))
