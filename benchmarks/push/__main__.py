"""How fast does a status reach everybody? `python -m benchmarks.push`, or `workbook bench push`.

All rows run side by side on one machine, each with a Redis of its own: server, worker and visitors
are processes of their own on loopback. A row's figure is also given as a multiple of LIMIT's in the
same round. Ends with exit code 1 where step 05, or a rung above it, loses a status or a visitor.
"""

import sys
from collections.abc import Sequence

from benchmarks.push.deployments import all_running
from benchmarks.push.results import PushResult, failures, row_result
from benchmarks.push.rounds import Plan, Rounds
from benchmarks.push.table import lines
from benchmarks.push.variants import LIMIT, Row, all_rows
from benchmarks.support.open_files import require_open_files
from benchmarks.support.options import BenchmarkParser, run_benchmark, sizes
from benchmarks.support.system_info import RunStart


def measure(rows: Sequence[Row], plan: Plan) -> PushResult:
    """Run every row side by side and measure them in turn. LIMIT must be among them."""
    require_open_files(plan.most)
    start = RunStart()
    with all_running(rows) as sites:
        told = [site for site in sites if not site.row.is_polled]
        polled = [site for site in sites if site.row.is_polled]
        rounds = Rounds(plan, told, polled)
        rounds.measure()
    found = rounds.readings
    return PushResult(
        **start.ended(plan.rounds),
        statuses_per_round=plan.blocks * plan.statuses,
        sizes=sorted(plan.sizes),
        rows=[row_result(row.name, row.label, found[row.name], found[LIMIT.name]) for row in rows],
    )


def complaints(rows: Sequence[Row], result: PushResult) -> list[str]:
    """Return a sentence for each thing that must not happen to LIMIT, step 05 or a rung."""
    by_name = {row.name: row for row in rows if row.is_ours or row is LIMIT}
    return [
        sentence
        for found in result.rows
        if (row := by_name.get(found.name))
        for sentence in failures(found, max(result.sizes), row.members_allowed)
    ]


if __name__ == "__main__":
    parser = BenchmarkParser("push", Plan.rounds)
    parser.add_argument("--sizes", type=sizes, default=Plan.sizes, help="default: 1,100,500,1000")
    rows = all_rows()
    sys.exit(
        run_benchmark(
            parser,
            lambda options: measure(rows, Plan(options.sizes, options.rounds)),
            lines,
            lambda result: complaints(rows, result),
        )
    )
