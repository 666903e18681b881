"""Which pool? `python -m benchmarks.pools`, or `workbook bench pools`.

Runs of step 05 beside unrelated tasks, on gevent and on threads; and tasks that wait, on each pool.
The workers take turns, round by round, each with a Redis and a database of its own.
"""

import sys
from collections.abc import Iterator

from benchmarks.pools.mixing import KINDS, mixing_round, mixing_row
from benchmarks.pools.results import PoolsResult
from benchmarks.pools.waiting import POOLS, waiting_round, waiting_row
from benchmarks.support.options import BenchmarkParser, run_benchmark
from benchmarks.support.system_info import RunStart


def measure(rounds: int) -> PoolsResult:
    """Let every worker have its turn in each of the rounds."""
    start = RunStart()
    mixed = {kind: [] for kind in KINDS}
    waited = {pool: [] for pool in POOLS}
    for number in range(1, rounds + 1):
        for kind, found in mixed.items():
            print(f"Round {number} of {rounds}, runs beside others: {kind.label}", flush=True)
            found.append(mixing_round(kind))
        for pool, found in waited.items():
            print(f"Round {number} of {rounds}, waiting: {pool}", flush=True)
            found.append(waiting_round(pool))
    return PoolsResult(
        **start.ended(rounds),
        mixing=[mixing_row(kind, found) for kind, found in mixed.items()],
        waiting=[waiting_row(pool, found) for pool, found in waited.items()],
    )


def lines(result: PoolsResult) -> Iterator[str]:
    """Yield the lines of both tables."""
    for row in result.mixing:
        yield (
            f"{row.label:36}{row.runs_well} of {row.runs} runs ended well, "
            f"{row.unrelated_with_result} of {row.unrelated} other tasks have a result"
        )
    for row in result.waiting:
        yield (
            f"{row.label:36}{row.seconds.text()} s, {row.memory_mib.text(0)} MiB in "
            f"{row.processes} process{'' if row.processes == 1 else 'es'}"
        )


if __name__ == "__main__":
    parser = BenchmarkParser("pools", rounds=3)
    sys.exit(run_benchmark(parser, lambda options: measure(options.rounds), lines))
