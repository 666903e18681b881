"""Which pool? `python -m benchmarks.pools`, or `workbook bench pools`.

Runs of step 05 beside innocent tasks, on gevent and on threads; and tasks that wait, on each pool.
The workers take turns, round by round, each with a Redis and a database of its own.
"""

from __future__ import annotations

import sys
import time

from benchmarks.pools.mixing import KINDS, mixing_round, mixing_row
from benchmarks.pools.results import PoolsResult
from benchmarks.pools.waiting import POOLS, waiting_round, waiting_row
from benchmarks.support.options import bench_parser, carried_out
from benchmarks.support.result_files import store
from benchmarks.support.system_info import load_average, this_machine
from workbook.runtime.run_records import end_leftovers


def measure(rounds: int) -> PoolsResult:
    """Let every worker have its turn in each of the rounds."""
    load, start = load_average(), time.monotonic()
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
        machine=this_machine(),
        load_before=load,
        load_after=load_average(),
        rounds=rounds,
        seconds=round(time.monotonic() - start),
        mixing=[mixing_row(kind, found) for kind, found in mixed.items()],
        waiting=[waiting_row(pool, found) for pool, found in waited.items()],
    )


def main() -> int:
    """Measure, print the tables, keep the result where --record asks for it."""
    options = bench_parser("pools", rounds=3).parse_args()
    for line in end_leftovers():
        print(line, flush=True)
    result = measure(options.rounds)
    for row in result.mixing:
        print(
            f"{row.label:36}{row.runs_well} of {row.runs} runs ended well, "
            f"{row.innocents_with_result} of {row.innocents} other tasks have a result"
        )
    for row in result.waiting:
        print(
            f"{row.label:36}{row.seconds.text()} s, {row.memory_mib.text(0)} MiB in "
            f"{row.processes} process{'' if row.processes == 1 else 'es'}"
        )
    if options.record:
        print(f"Kept in {store('pools', result)}")
    return 0


if __name__ == "__main__":
    sys.exit(carried_out(main))
