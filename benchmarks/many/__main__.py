"""Does one process keep ten thousand visitors? `workbook bench many` runs it.

LIMIT and step 05 alone, each with 10,000 visitors who come 500 at a time: all at the same moment
are refused, daphne gives a handshake five seconds. Ends with exit code 1 where step 05 loses a
status or a visitor.
"""

import sys
from dataclasses import replace

from benchmarks.push.__main__ import complaints, measure
from benchmarks.push.rounds import Plan
from benchmarks.push.table import lines
from benchmarks.push.variants import LIMIT, STEP_05
from benchmarks.support.options import BenchmarkParser, run_benchmark

ROWS = (LIMIT, STEP_05)
VISITORS, AT_ONCE = 10_000, 500
PLAN = Plan(sizes=(VISITORS,), rounds=1, blocks=2, at_once=AT_ONCE)


if __name__ == "__main__":
    sys.exit(
        run_benchmark(
            BenchmarkParser("many", PLAN.rounds),
            lambda options: measure(ROWS, replace(PLAN, rounds=options.rounds)),
            lines,
            lambda result: complaints(ROWS, result),
        )
    )
