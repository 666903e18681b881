"""How long do a step's checks take, beside what they cannot do without?

`python -m benchmarks.checks` prints for each step, all in one run on the same machine:
- bare: to start the same processes until they are ready, tables made, and to stop them;
- wait: the longest wait that the step cannot avoid, a task's own work or a broker's time-out;
- checks: the wall time of the step's checks, pytest's own start included;
- ratio: checks / (1.5 × bare + wait). At most 1 is the aim.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

from checks.support.project import opened_project
from checks.support.target import Target
from workbook.places import ROOT
from workbook.snapshots import find_step

# In seconds, and what it is that takes so long.
WAITS = {
    1: (1.0, "a periodic task's first second"),
    2: (5.0, "a frozen broker's time-out"),
    3: (10.0, "the page's patience without news"),
    4: (7.0, "seven idle seconds of a websocket"),
    5: (6.3, "a whole run, the silence after it, one of two statuses by hand"),
}
START_AND_STOP = 1.5
AIM_SECONDS = 60


def bare_seconds(step: int) -> float:
    """Return the seconds to start a snapshot's processes until they are ready, and stop them."""
    target = Target(find_step(str(step)).folder, "snapshot", step)
    start = time.perf_counter()
    with opened_project(target) as project:
        project.running()
    return time.perf_counter() - start


def checks_seconds(step: int) -> float:
    """Return the seconds that a step's checks take on its snapshot; raise where one fails."""
    folder = find_step(str(step)).folder
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    start = time.perf_counter()
    subprocess.run(
        [*command, f"checks/step_{step:02d}", "--target", str(folder)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=120,
    )
    return time.perf_counter() - start


def main() -> None:
    """Measure each step and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checks")
    parser.add_argument("--rounds", type=int, default=3, help="the medians are of so many (3)")
    rounds = parser.parse_args().rounds
    print(f"Medians of {rounds}, in seconds. ratio = checks / ({START_AND_STOP} × bare + wait)")
    print("step   bare   wait  checks  ratio  what is waited for")
    total = 0.0
    for step, (wait, reason) in WAITS.items():
        bare = statistics.median(bare_seconds(step) for _ in range(rounds))
        checks = statistics.median(checks_seconds(step) for _ in range(rounds))
        total += checks
        ratio = checks / (START_AND_STOP * bare + wait)
        print(
            f"  {step:02d} {bare:6.1f} {wait:6.1f} {checks:7.1f} {ratio:6.2f}  {reason}", flush=True
        )
    print(
        f"All five steps: {total:.1f} s, {total / AIM_SECONDS:.2f} of the {AIM_SECONDS} s aimed at."
    )


if __name__ == "__main__":
    main()
