"""How long from a fresh clone to a live page? `python -m benchmarks.setup`, or `bench setup`.

Today's way (`python3 workbook run 05`) and the former one (an environment with pip, pipenv, then
everything that the lock names) take turns in one run, each on fresh clones, with empty caches of
pip and uv. A local proxy counts what is fetched. Needs git and the network.
"""

import sys
from collections.abc import Iterator

from benchmarks.setup.results import Aim, Reading, SetupResult, WayRow
from benchmarks.setup.rounds import measure_way
from benchmarks.setup.ways import FORMER, TODAY, Way
from benchmarks.support.options import BenchmarkParser, run_benchmark
from benchmarks.support.statistics_summary import figure, ratio
from benchmarks.support.system_info import RunStart
from workbook.paths import ROOT

WAYS = (TODAY, FORMER)
MEGABYTE = 1_000_000
# What today's way may take at most: as a part of the former way's, and in seconds.
TIME_RATIO, BYTES_RATIO = 0.4, 0.5
SECOND_SECONDS, ALONE_SECONDS = 4.0, 0.3


def measure(rounds: int) -> SetupResult:
    """Let both ways take turns in each of the rounds."""
    start = RunStart()
    found: dict[str, list[Reading]] = {way.name: [] for way in WAYS}
    for number in range(1, rounds + 1):
        # Each comes first as often as the other: a registry may be quicker when asked again.
        for way in WAYS if number % 2 else reversed(WAYS):
            found[way.name].append(reading := measure_way(way, ROOT))
            print(f"Round {number} of {rounds}: {way.label}, {reading.first:.1f} s", flush=True)
    return result_of(found, start)


def result_of(found: dict[str, list[Reading]], start: RunStart) -> SetupResult:
    """Return what the readings of each way, round by round, say."""
    today, former = found[TODAY.name], found[FORMER.name]
    rows = [row_of(way, found[way.name]) for way in WAYS]
    time_ratio = ratio([[one.first] for one in today], [[one.first] for one in former])
    bytes_ratio = ratio(*([[one.fetched_bytes] for one in row] for row in (today, former)))
    aims = [
        Aim("first status, as a part of before", TIME_RATIO, time_ratio.median),
        Aim("bytes fetched, as a part of before", BYTES_RATIO, bytes_ratio.median),
        Aim("second `run` to the first status, in seconds", SECOND_SECONDS, rows[0].second.median),
        Aim("`python3 workbook` alone, in seconds", ALONE_SECONDS, rows[0].alone.median),
    ]
    return SetupResult(
        **start.ended(len(today)),
        rows=rows,
        time_ratio=time_ratio,
        bytes_ratio=bytes_ratio,
        aims=aims,
    )


def row_of(way: Way, readings: list[Reading]) -> WayRow:
    """Return the medians of a way's rounds."""
    return WayRow(
        name=way.name,
        label=way.label,
        first=figure([[one.first] for one in readings], digits=2),
        fetching=figure([[one.fetching] for one in readings], digits=2),
        rest=figure([[one.rest] for one in readings], digits=2),
        fetched_mb=figure([[one.fetched_bytes / MEGABYTE] for one in readings], digits=1),
        second=figure([[one.second] for one in readings], digits=2),
        alone=figure([one.alone for one in readings], digits=3),
    )


def lines(result: SetupResult) -> Iterator[str]:
    """Yield the lines of the table."""
    yield result.header()
    yield (
        f"Medians of {result.rounds} rounds (lowest and highest), in seconds: from a fresh clone "
        "to the first status, of which fetching; a second `run`; `python3 workbook` alone."
    )
    heads = ("first status", "fetching", "rest", "MB fetched", "second run", "alone")
    yield f"{'':30}" + "".join(f"{head:>20}" for head in heads)
    for row in result.rows:
        figures = (row.first, row.fetching, row.rest, row.fetched_mb, row.second)
        cells = [*(found.text() for found in figures), row.alone.text(2) if row.alone else "–"]
        yield f"{row.label:30}" + "".join(f"{cell:>20}" for cell in cells)
    for aim in result.aims:
        met = "met" if aim.is_met else "missed"
        yield f"{aim.text}: {aim.found:.2f}, at most {aim.at_most} aimed at: {met}."


if __name__ == "__main__":
    parser = BenchmarkParser("setup", rounds=5)
    sys.exit(run_benchmark(parser, lambda options: measure(options.rounds), lines))
