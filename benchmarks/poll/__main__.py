"""What polling costs, compared with pushing: `python -m benchmarks.poll`, `workbook bench poll`.

A hundred pages ask step 03's server, then step 05's, once a second; a hundred others keep a
websocket of step 05 open. Measured are the servers' CPU time, how old an update is when a page sees
it, and how many requests a second a server answers.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace

from benchmarks.poll.results import PollResult
from benchmarks.poll.rounds import Plan, measure
from benchmarks.push.deployments import all_running
from benchmarks.push.variants import STEP_03, STEP_05
from benchmarks.support.open_files import require_open_files
from benchmarks.support.options import BenchmarkParser, at_least_one, run_benchmark
from benchmarks.support.system_info import RunStart

# The guide shows the labels that are recorded in results/poll.json.
ROWS = (
    replace(STEP_03, label="Polling: step 03 (runserver)"),
    replace(
        STEP_05,
        name="step-05-polled",
        label="Polling: step 05 (daphne)",
        sending="step_03",
        is_polled=True,
    ),
    replace(STEP_05, label="Push: step 05 (daphne)"),
)


def run(plan: Plan) -> PollResult:
    """Run the servers side by side and measure one after the other."""
    require_open_files(plan.visitors)
    start = RunStart()
    with all_running(ROWS) as sites:
        rows = measure(sites, plan)
    return PollResult(**start.ended(plan.rounds), visitors=plan.visitors, rows=rows)


def lines(result: PollResult) -> Iterator[str]:
    """Yield the lines of the table."""
    yield result.header()
    yield (
        f"{result.visitors} visitors: medians of {result.rounds} rounds (lowest and highest). "
        "CPU seconds of the server a minute; ms until a status is seen; answers a second."
    )
    heads = "CPU, nobody there", "CPU, visitors", "half saw it, ms", "last saw it, ms", "answers/s"
    yield f"{'':28}" + "".join(f"{head:>24}" for head in heads)
    for row in result.rows:
        figures = (
            (row.cpu_nobody, 2),
            (row.cpu_visitors, 2),
            (row.median_ms, 1),
            (row.last_ms, 1),
            (row.requests_per_second, 0),
        )
        cells = [found.text(digits) if found else "–" for found, digits in figures]
        yield f"{row.label:28}" + "".join(f"{cell:>24}" for cell in cells)


if __name__ == "__main__":
    parser = BenchmarkParser("poll", Plan.rounds)
    parser.add_argument("--visitors", type=at_least_one, default=Plan.visitors, help="default: 100")
    sys.exit(
        run_benchmark(
            parser,
            lambda options: run(Plan(visitors=options.visitors, rounds=options.rounds)),
            lines,
        )
    )
