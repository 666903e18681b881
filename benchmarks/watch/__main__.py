"""How long is it from a save to the ✗ that its fault causes?

`workbook bench watch` prints for each step and each kind of file, all in one run on one machine:
- save: from the save of a fault to its ✗, with `check --watch` beside, a green before it, and
  three seconds since that one;
- net: save without the seconds that the step's contract lets pass before the fault can show;
- cold: from calling `check` on the same fault to its ✗;
- ratio: save / cold.
The aim is a net of 3 s, and of 1 s for a syntax error, on two cores.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from benchmarks.support.options import BenchmarkParser, run_benchmark
from benchmarks.support.system_info import Machine, load_average, this_machine
from benchmarks.watch.faults import FAULTS, SYNTAX, Fault
from benchmarks.watch.watching import CROSS, Lines, cold_seconds, opened
from workbook.projects.copying import copy_project
from workbook.projects.steps import find_step

# What a fault may take, the contract's own seconds left out, and what one of a kind may.
AIM_SECONDS, AIMS = 3.0, {SYNTAX: 1.0}
DONE, REMEMBERED = "is done.", "as it was when the same files"
MOST_COLD = 5  # rounds: a cold check differs little from the next
READ_SECONDS = 3  # after each green, for a person reads what was told and types


@dataclass(frozen=True)
class FaultResult:
    """One fault's row of the table: medians, in seconds."""

    step: str
    kind: str
    save: float
    net: float
    slowest: float
    cold: float
    ratio: float
    told: str  # the ✗


@dataclass(frozen=True)
class WatchResult:
    """A whole run, as benchmarks/results/watch.json keeps it."""

    machine: Machine
    load_before: float
    rounds: int
    faults: list[FaultResult]


def save_seconds(
    fault: Fault, project: Path, lines: Lines, numbers: Iterable[int]
) -> tuple[list[float], str]:
    """Return the seconds from each save of the fault to its ✗, and the ✗."""
    file, good = project / fault.file, fault.good_text(project)
    took, told = [], ""
    for number in numbers:
        faulty = fault.text(good, number)
        saved = time.perf_counter()
        file.write_text(faulty, encoding="utf-8")
        at, told = lines.wait_for(CROSS)
        took.append(at - saved)
        file.write_text(good, encoding="utf-8")
        lines.wait_for(REMEMBERED)
        time.sleep(READ_SECONDS)
    return took, told.partition(CROSS)[2]


def measured_step(step: str, faults: list[Fault], rounds: int) -> Iterator[FaultResult]:
    """Measure the faults of one step, each beside a cold check."""
    with tempfile.TemporaryDirectory(prefix="workbook-bench-") as folder:
        project = Path(folder).resolve() / "project"
        copy_project(find_step(step).folder, project)
        with opened(step, project, "--watch") as lines:
            lines.wait_for(DONE)
            watched = [save_seconds(one, project, lines, range(rounds)) for one in faults]
        for fault, (took, told) in zip(faults, watched, strict=True):
            file, good = project / fault.file, fault.good_text(project)
            file.write_text(fault.text(good, 0), encoding="utf-8")
            cold = statistics.median(
                cold_seconds(step, project) for _ in range(min(rounds, MOST_COLD))
            )
            file.write_text(good, encoding="utf-8")
            save = statistics.median(took)
            yield FaultResult(
                step,
                fault.kind,
                round(save, 2),
                round(save - fault.passes, 2),
                round(max(took), 2),
                round(cold, 2),
                round(save / cold, 2),
                told,
            )


def measure(rounds: int, steps: str) -> WatchResult:
    """Measure each fault of the steps, and print its row at once."""
    machine, load = this_machine(), load_average()
    print(f"Medians of {rounds}, in seconds. net = save - what the contract lets pass")
    print("step  fault      save    net  slowest   cold  ratio  the ✗")
    wanted = [one for one in FAULTS if one.step in steps.split(",")]
    results = []
    for step, faults in groupby(wanted, attrgetter("step")):
        for one in measured_step(step, list(faults), rounds):
            results.append(one)
            print(
                f"  {one.step}  {one.kind:<9} {one.save:5.1f} {one.net:6.1f} {one.slowest:8.1f} "
                f"{one.cold:6.1f} {one.ratio:6.2f}  {one.told[:40]}",
                flush=True,
            )
    return WatchResult(machine, load, rounds, results)


def lines_of(result: WatchResult) -> Iterator[str]:
    """Yield what is below the table."""
    slow = [one for one in result.faults if one.net > AIMS.get(one.kind, AIM_SECONDS)]
    names = ", ".join(f"{one.step} {one.kind}" for one in slow)
    yield f"Above the aim: {names}." if slow else "Every fault is told within the aim."


if __name__ == "__main__":
    parser = BenchmarkParser("watch", rounds=5)
    every = ",".join(dict.fromkeys(one.step for one in FAULTS))
    parser.add_argument("--steps", default=every, help=f"default: {every}")
    sys.exit(run_benchmark(parser, lambda given: measure(given.rounds, given.steps), lines_of))
