"""The push benchmark's result as a table for the terminal."""

from collections.abc import Iterator

from benchmarks.push.results import PushResult, RowResult
from benchmarks.push.variants import ORIGINAL_LISTING, ladder

SIZES = (1, 100, 500, 1000)
# What the last visitor's wait may be at most, as a multiple of LIMIT's: by row, by visitors.
AIMS = {
    "step-05": dict.fromkeys(SIZES, 10.0),
    "rung-3-one-loop-kept": {1: 5.0, 100: 5.0, 500: 8.0, 1000: 8.0},
    ladder()[-1].name: dict.fromkeys(SIZES, 1.3),
}
# How many times as fast as the original listing a row is at least, with the most visitors.
FASTER = {"step-05": 1.4, "rung-3-one-loop-kept": 2.0}
MOST = max(SIZES)
LABEL_WIDTH, CELL_WIDTH = 38, 32


def lines(result: PushResult) -> Iterator[str]:
    """Yield the lines of the table."""
    yield result.header()
    yield (
        "From the sending of a status until the last of N visitors has it, in ms: medians, lowest "
        f"and highest round, × LIMIT. Rounds: {result.rounds}, of {result.statuses_per_round} "
        "statuses each."
    )
    heads = "".join(f"{f'N = {size}':>{CELL_WIDTH}}" for size in result.sizes)
    yield f"{'':{LABEL_WIDTH}}{heads}"
    for row in result.rows:
        yield f"{row.label:{LABEL_WIDTH}}" + "".join(_cell(row, size) for size in result.sizes)
    yield ""
    yield f"{'':{LABEL_WIDTH}}{'CPU µs a frame':>22}{'KiB a socket':>14}{'handshakes/s':>18}" + (
        f"{'came at once':>18}{'members left':>14}{'lost':>6}{'dropped':>9}"
    )
    for row in result.rows:
        if row.came:
            yield _second(row, max(result.sizes))
    yield ""
    yield from _verdicts(result)


def _cell(row: RowResult, size: int) -> str:
    found = row.at(size)
    if found.last_ms is None:
        return f"{'–':>{CELL_WIDTH}}"
    times = f" ×{found.times_limit.median:.1f}" if found.times_limit else ""
    return f"{found.last_ms.text() + times:>{CELL_WIDTH}}"


def _second(row: RowResult, most: int) -> str:
    came = " ".join(str(count) for count in row.came)
    left = " ".join(str(count) for count in row.members_left)
    return (
        f"{row.label:{LABEL_WIDTH}}{row.cpu_us_per_frame.text(0):>22}"
        f"{row.memory_kib_per_socket:>14.0f}{row.handshakes_per_second.text(0):>18}"
        f"{f'{came} of {most}':>18}{left:>14}{row.lost:>6}{row.dropped:>9}"
    )


def _verdicts(result: PushResult) -> Iterator[str]:
    for row in result.rows:
        for size in row.sizes:
            aim = AIMS.get(row.name, {}).get(size.visitors)
            if aim and size.times_limit:
                met = "met" if size.times_limit.median <= aim else "missed"
                yield (
                    f"{row.label}, N = {size.visitors}: {size.times_limit.median:.2f} × LIMIT, "
                    f"at most {aim} aimed at: {met}."
                )
    for row in result.rows:
        least, times = FASTER.get(row.name), times_the_original(result, row.name)
        if least and times:
            met = "met" if times >= least else "missed"
            yield (
                f"{row.label}, N = {MOST}: {times:.2f} times as fast as the original listing, at "
                f"least {least} aimed at: {met}."
            )


def times_the_original(result: PushResult, name: str) -> float | None:
    """Return how many times as fast as the original listing the row `name` is for MOST visitors.

    None where one of them has no figure. Both are multiples of LIMIT's wait in the same round.
    """
    found = {
        row.name: size.times_limit
        for row in result.rows
        for size in row.sizes
        if size.visitors == MOST
    }
    ours, original = found.get(name), found.get(ORIGINAL_LISTING.name)
    return original.median / ours.median if ours and original else None
