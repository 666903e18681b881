"""`python -m tests.windows [--record]`: set-up, `run 05` and the checks of the steps on Windows.

With --record it becomes a row of the table of proven versions that the guide shows. Returns 1 where
something did not hold.
"""

import re
import sys

from benchmarks.support.options import carried_out
from benchmarks.versions import Proof, RoundResult
from tests.versions.grounds import NoGround
from tests.versions.rounds import (
    CANNOT_TELL,
    CROSS,
    ORDER,
    STEPS,
    WINDOWS,
    proving,
    require,
    today,
)
from tests.versions.table import HEAD, keep, lines
from tests.windows.clone import SETUP_SECONDS, Clone, find_windows, fresh_clone
from workbook.errors import WorkbookError
from workbook.projects.steps import find_step

RUN_SECONDS, CHECK_SECONDS = 240, 300
VERSIONS = "import django, platform; print(platform.python_version(), django.__version__)"
# `By the way, 4 checks were not looked at: there is no Chromium, …`
NOT_LOOKED_AT = re.compile(r"(\S+) checks? (?:was|were) not looked at")


def make_round(clone: Clone) -> RoundResult:
    """Try everything, and return the table's row."""
    proofs: list[Proof] = []
    with proving(proofs, "set-up"):
        require(clone.workbook(seconds=SETUP_SECONDS))
    done = clone.python("-c", VERSIONS, seconds=RUN_SECONDS)
    python, django = done.last_line.split() if done.succeeded else ("3.13", "5.2")
    if done.succeeded:
        with proving(proofs, "run 05"):
            require(clone.scenario("run_step", "ctrl-c", seconds=RUN_SECONDS))
        for step in STEPS:
            with proving(proofs, f"check {step:02d}"):
                check(clone, f"{step:02d}")
    return RoundResult(WINDOWS, python, django, clone.windows.where, today(), proofs)


def check(clone: Clone, label: str) -> None:
    """Run a step's checks on its snapshot. Raises NoGround where some could not be told."""
    target = f"steps/{find_step(label).folder.name}"
    done = clone.workbook(
        "check", label, "--target", target, seconds=CHECK_SECONDS, PYTHONIOENCODING="utf-8"
    )
    if done.code == CANNOT_TELL and (found := NOT_LOOKED_AT.search(done.text)):
        raise NoGround(f"no Chromium is there, and {found[1]} checks look through one")
    if not done.succeeded:
        titles = ", ".join(f"“{title}”" for title in CROSS.findall(done.text))
        raise WorkbookError(titles or done.last_line)


def main() -> int:
    """Make the round, print its row, and keep it if that is wanted."""
    try:
        windows = find_windows()
    except NoGround as none:
        print(f"Left out: {none}.")
        return 0
    print(HEAD, flush=True)
    with fresh_clone(windows) as clone:
        made = make_round(clone)
    print(*lines(made), sep="\n")
    if "--record" in sys.argv[1:]:
        keep([made], ORDER)
    return 0 if made.is_as_expected else 1


if __name__ == "__main__":
    sys.exit(carried_out(main))
