"""The guide's pictures and tables, from recorded results: `python -m benchmarks.guide_figures`.

It prints the names of all; with a name it prints that one as HTML. The guide takes them by the
fence `figures`, so that no figure is ever typed by hand.
"""

import sys
from collections.abc import Callable
from functools import partial
from html import escape

from benchmarks.capacity import lines, needs
from benchmarks.charts import Bar, bars, columns, table
from benchmarks.poll.results import PollResult
from benchmarks.pools.results import PoolsResult
from benchmarks.push.results import PushResult, SizeResult
from benchmarks.setup.results import SetupResult
from benchmarks.support.result_files import recorded
from benchmarks.support.statistics_summary import Figure
from benchmarks.support.system_info import RunInfo
from benchmarks.versions import SIGNS, RoundResult, reasons, recorded_versions
from workbook.errors import WorkbookError

# The recorded run of each benchmark, read when it is asked for.
push = partial(recorded, "push", PushResult)
many = partial(recorded, "many", PushResult)
poll = partial(recorded, "poll", PollResult)
pools = partial(recorded, "pools", PoolsResult)
setup = partial(recorded, "setup", SetupResult)


def push_chart() -> str:
    """Draw how long the last of the most visitors waits, row by row; polling would dwarf it."""
    result = push()
    most = max(result.sizes)
    shown = [
        Bar(row.label, last.median, last.low, last.high, _wait(last), row.name == "step-05")
        for row in result.rows
        if row.came and (last := row.at(most).last_ms)
    ]
    return bars(
        "push-last", f"Milliseconds until the last of {most:,} visitors has a status.", shown
    )


def push_table() -> str:
    """Show every row's wait at every size, and as a multiple of LIMIT's."""
    result = push()
    heads = ["Until the last of N has it", *(f"N = {size:,}" for size in result.sizes)]
    rows = [[row.label, *(_cell(row.at(size)) for size in result.sizes)] for row in result.rows]
    return table(heads, rows)


def push_costs() -> str:
    """Show what a frame, a socket and many visitors at once cost each row."""
    result = push()
    cells = {
        "": lambda row: row.label,
        "CPU a frame": lambda row: f"{row.cpu_us_per_frame.median:.0f} µs",
        "memory a socket": lambda row: f"{row.memory_kib_per_socket:.0f} KiB",
        "handshakes a second": lambda row: f"{row.handshakes_per_second.median:.0f}",
        # The number of all is in the head: the table is as wide as a page already.
        f"came at once, of {max(result.sizes):,}": lambda row: f"{min(row.came):,}",
        "lost": lambda row: str(row.lost),
        "left in the group": lambda row: str(max(row.members_left)),
    }
    return columns([row for row in result.rows if row.came], cells)


def many_table() -> str:
    """Show how ten thousand visitors come to one process, and have a status."""
    result = many()
    visitors = max(result.sizes)
    cells = {
        "": lambda row: row.label,
        f"came, of {visitors:,}": lambda row: f"{min(row.came):,}",
        "a second": lambda row: f"{row.handshakes_per_second.median:.0f}",
        "half have it after": lambda row: _wait(row.at(visitors).median_ms),
        "the last": lambda row: _cell(row.at(visitors)),
        "lost": lambda row: str(row.lost),
    }
    return columns(result.rows, cells)


def push_capacity() -> str:
    """Show what many more visitors would need, and what they would lack first."""
    heads, *rows = lines(needs())
    return table(heads, rows)


def poll_chart() -> str:
    """Draw the CPU time that visitors cost by polling, and by a websocket."""
    result = poll()
    shown = [
        Bar(
            row.label, used.median, used.low, used.high, f"{used.median:.1f} s", "Push" in row.label
        )
        for row in result.rows
        if (used := row.cpu_visitors)
    ]
    title = f"CPU seconds a minute that {result.visitors} visitors cost the server."
    return bars("poll-cpu", title, shown)


def poll_table() -> str:
    """Show what polling costs beside pushing."""
    cells = {
        "": lambda row: row.label,
        "CPU a minute": lambda row: f"{row.cpu_visitors.median:.1f} s",
        "nobody there": lambda row: f"{row.cpu_nobody.median:.1f} s",
        "half see it after": lambda row: _wait(row.median_ms),
        "the last after": lambda row: _wait(row.last_ms),
        "answers/s": lambda row: (
            f"{row.requests_per_second.median:.0f}" if row.requests_per_second else "–"
        ),
    }
    return columns(poll().rows, cells)


def pools_mixing() -> str:
    """Show what breaks where runs with event loops share a worker with other tasks."""
    cells = {
        "worker": lambda row: row.label,
        "runs that ended well": lambda row: f"{row.runs_well} of {row.runs}",
        "other tasks with a result": lambda row: f"{row.unrelated_with_result} of {row.unrelated}",
    }
    return columns(pools().mixing, cells)


def pools_waiting() -> str:
    """Show what each pool takes for tasks that wait."""
    cells = {
        "worker": lambda row: row.label,
        "until all were done": lambda row: f"{row.seconds.median:.1f} s",
        "memory": lambda row: f"{row.memory_mib.median:.0f} MiB",
        "processes": lambda row: str(row.processes),
    }
    return columns(pools().waiting, cells)


def versions_table() -> str:
    """Show which versions were proven, what was tried with each, and when."""
    cells = {
        "Python": lambda one: f"{one.python}{f', {one.title}' if one.title else ''}",
        "Django": lambda one: one.django,
        "Set-up, run 05, checks": lambda one: _signs(one, "set-up", "run", "check"),
        "Page 01": lambda one: _signs(one, "page"),
        "Proven": lambda one: f"{one.verdict}, {one.recorded}",
    }
    return columns(recorded_versions().rounds, cells)


def versions_reasons() -> str:
    """Say of each round that does not hold what failed, or why it was left out or is there."""
    items = [
        f"<li>{escape(_name(one))}: {escape(text)}</li>"
        for one in recorded_versions().rounds
        if (text := " ".join(reasons(one)))
    ]
    return f"<ul>{''.join(items)}</ul>" if items else ""


def _signs(one: RoundResult, *kinds: str) -> str:
    found = [SIGNS[proof.outcome] for proof in one.proofs if proof.name.startswith(kinds)]
    return " ".join(found) or "–"


def _name(one: RoundResult) -> str:
    return f"Python {one.python}, Django {one.django}{f', {one.title}' if one.title else ''}"


def setup_table() -> str:
    """Show what today's way of setting up takes, first as a part of the former way."""
    result = setup()
    today, former = result.rows
    rows = [
        [
            "Fresh clone to the first status",
            _part(result.time_ratio),
            *_seconds(today.first, former.first),
        ],
        ["in which it fetches", "", *_seconds(today.fetching, former.fetching)],
        ["in which it does not", "", *_seconds(today.rest, former.rest)],
        [
            "Fetched",
            _part(result.bytes_ratio),
            *(f"{row.fetched_mb.median:.0f} MB" for row in result.rows),
        ],
        ["Second run to the first status", "", *_seconds(today.second, former.second)],
        ["python3 workbook alone", "", f"{today.alone.median:.2f} s", "–"],
    ]
    return table(["", "today ÷ before", "today", "before"], rows)


DRAWINGS: dict[str, Callable[[], str]] = {
    "push/chart": push_chart,
    "push/table": push_table,
    "push/costs": push_costs,
    "push/capacity": push_capacity,
    "push/machine": lambda: _machine(push()),
    "many/table": many_table,
    "many/machine": lambda: _machine(many()),
    "poll/chart": poll_chart,
    "poll/table": poll_table,
    "poll/machine": lambda: _machine(poll()),
    "pools/mixing": pools_mixing,
    "pools/waiting": pools_waiting,
    "pools/machine": lambda: _machine(pools()),
    "versions/table": versions_table,
    "versions/reasons": versions_reasons,
    "setup/table": setup_table,
    "setup/machine": lambda: _machine(setup()),
}


def drawn(name: str) -> str:
    """Return the drawing `name` as HTML. Raises WorkbookError where there is none."""
    if name not in DRAWINGS:
        raise WorkbookError(f"There are no figures “{name}”. There are: {', '.join(DRAWINGS)}.")
    return DRAWINGS[name]()


def _cell(size: SizeResult) -> str:
    if size.last_ms is None:
        return "–"
    times = size.times_limit
    # Polling is hundreds of times as slow: what is behind the point says nothing there.
    return f"{_wait(size.last_ms)} (×{times.median:.{0 if times.median >= 20 else 1}f})"


def _wait(found: Figure) -> str:
    """Return milliseconds as a person reads them."""
    ms = found.median
    if ms >= 1000:
        return f"{ms / 1000:.1f} s"
    return f"{ms:.0f} ms" if ms >= 20 else f"{ms:.1f} ms"


def _part(found: Figure) -> str:
    return f"× {found.median:.2f}"


def _seconds(*found: Figure) -> list[str]:
    return [f"{one.median:.1f} s" for one in found]


def _machine(result: RunInfo) -> str:
    """Say on which machine a benchmark ran."""
    machine = result.machine
    versions = ", ".join(
        f"{name} {machine.packages[name]}" for name in ("daphne", "channels", "uvicorn", "celery")
    )
    told = "One round" if result.rounds == 1 else f"Medians of {result.rounds} rounds"
    return (
        f"<p>Recorded on {machine.recorded}: {machine.cores} cores ({machine.cpu}), "
        f"{machine.memory_gib:.0f} GiB, {machine.system}, Python {machine.python}, "
        f"{machine.redis_server}, {versions}. {told}. "
        f"{result.load_before:.1f} processes wanted to run when it began.</p>"
    )


if __name__ == "__main__":
    try:
        print(*(drawn(name) for name in sys.argv[1:]) if sys.argv[1:] else DRAWINGS, sep="\n")
    except WorkbookError as problem:
        print(problem, file=sys.stderr)
        sys.exit(1)
