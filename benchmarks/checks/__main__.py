"""How long do a step's checks take, compared with what they cannot avoid?

`workbook bench checks` prints for each step, all in one run on the same machine:
- bare: to start the same processes until they are ready, tables made, and to stop them;
- wait: the longest wait that the step cannot avoid, a task's own work or a broker's time-out;
- checks: the wall time of the step's checks, pytest's own start included;
- ratio: checks / (1.5 × bare + wait). At most 1 is the aim.
And how long it takes until a syntax error is told.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.support.options import BenchmarkParser, run_benchmark
from benchmarks.support.system_info import Machine, load_average, this_machine
from checks.harness.project import opened_project
from checks.target import Target
from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.projects.copying import copy_project
from workbook.projects.steps import find_step
from workbook.runtime.child_environment import environment_for_checks
from workbook.runtime.process_tree import run_to_end

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


@dataclass(frozen=True)
class StepResult:
    """A step's row of the table; times in seconds."""

    step: int
    bare: float
    wait: float
    checks: float
    ratio: float
    waits_for: str


@dataclass(frozen=True)
class ChecksResult:
    """A whole run, as benchmarks/results/checks.json keeps it; times in seconds."""

    machine: Machine
    load_before: float
    rounds: int
    steps: list[StepResult]
    all_steps: float
    syntax_error: float


def bare_seconds(step: int) -> float:
    """Return the seconds to start a snapshot's processes until they are ready, and stop them."""
    snapshot = find_step(str(step))
    target = Target(snapshot.folder, "snapshot", snapshot)
    start = time.perf_counter()
    with opened_project(target) as project:
        project.running()
    return time.perf_counter() - start


def checks_seconds(step: int, folder: Path, code: int = 0) -> float:
    """Return the seconds that a step's checks take on the project in `folder`.

    Raises WorkbookError where they do not end with exit code `code`.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    start = time.perf_counter()
    command += [f"checks/step_{step:02d}", "--target", str(folder)]
    ended, said = run_to_end(command, ROOT, environment_for_checks(), within_seconds=120)
    took = time.perf_counter() - start
    if ended != code:
        raise WorkbookError(f"step {step:02d} ended with {ended}:\n{said}")
    return took


def syntax_error_seconds() -> float:
    """Return the seconds until the checks of step 03 tell a syntax error in the settings."""
    with tempfile.TemporaryDirectory(prefix="workbook-bench-") as folder:
        project = Path(folder) / "project"
        copy_project(find_step("03").folder, project)
        with (project / "config/settings.py").open("a", encoding="utf-8") as settings:
            settings.write("\nthis is no Python\n")
        return checks_seconds(3, project, code=1)


def measured_step(step: int, rounds: int) -> StepResult:
    """Measure one step: medians of `rounds`."""
    wait, reason = WAITS[step]
    bare = statistics.median(bare_seconds(step) for _ in range(rounds))
    folder = find_step(str(step)).folder
    checks = statistics.median(checks_seconds(step, folder) for _ in range(rounds))
    ratio = checks / (START_AND_STOP * bare + wait)
    return StepResult(step, round(bare, 2), wait, round(checks, 2), round(ratio, 2), reason)


def measure(rounds: int) -> ChecksResult:
    """Measure each step, and print its row at once."""
    machine, load = this_machine(), load_average()
    print(f"Medians of {rounds}, in seconds. ratio = checks / ({START_AND_STOP} × bare + wait)")
    print("step   bare   wait  checks  ratio  what is waited for")
    steps = []
    for number in WAITS:
        steps.append(one := measured_step(number, rounds))
        print(
            f"  {one.step:02d} {one.bare:6.1f} {one.wait:6.1f} {one.checks:7.1f} {one.ratio:6.2f}  "
            f"{one.waits_for}",
            flush=True,
        )
    total = round(sum(one.checks for one in steps), 1)
    error = statistics.median(syntax_error_seconds() for _ in range(rounds))
    return ChecksResult(machine, load, rounds, steps, total, round(error, 2))


def lines(result: ChecksResult) -> Iterator[str]:
    """Yield what is below the table."""
    total = result.all_steps
    yield f"All five steps: {total} s, {total / AIM_SECONDS:.2f} of the {AIM_SECONDS} s aimed at."
    yield f"A syntax error is told after {result.syntax_error:.1f} s."


if __name__ == "__main__":
    parser = BenchmarkParser("checks", rounds=3)
    sys.exit(run_benchmark(parser, lambda options: measure(options.rounds), lines))
