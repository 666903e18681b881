"""How many visitors do one, ten, a hundred web processes serve? `python -m benchmarks.capacity`.

It takes what the push benchmark has recorded (CPU time a frame, memory a socket, handshakes a
second) and calculates what a site of many visitors would need, and what it would lack first. It
measures nothing: what it assumes is below, and its page says so.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from django.template import Context, Engine

from benchmarks.push.results import PushResult, RowResult
from benchmarks.push.variants import STEP_05, ladder
from benchmarks.support.result_files import recorded
from workbook.errors import WorkbookError
from workbook.projects.steps import all_steps

CROWDS = (10_000, 1_000_000)
STATUS_SECONDS = 5  # between two statuses
# What is asked of the site: within so many seconds the last visitor has a status, and everybody
# is back after all web processes were started again.
LAST_SECONDS = 1
BACK_SECONDS = 30
# Linux gives the ports from 32768 to 60999 to connections that go out (ip_local_port_range), and
# a proxy needs one of them for each visitor of a web process.
PORTS = 60_999 - 32_768 + 1
# The order of magnitude of one Redis on one core:
# https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/benchmarks/
REDIS_PER_SECOND = 100_000
# What the network adds to a frame that travels alone: the websocket's head, a record of TLS 1.3,
# TCP with its time stamps, IPv4, and Ethernet with its gap.
NETWORK_BYTES = 2 + 22 + 32 + 20 + 38
PARTIAL = "templates/status/partials/current_status.html"
LONGEST_STATUS = "FINISHED"
# What a visitor who comes asks of Redis: six things for the message (put into the queue, taken,
# noted as taken, acknowledged: the last two take two each), one for the lock, one for the last
# status, one for the visitor's own channel, which the top rung does without.
REDIS_PER_VISITOR = 9
# What may require the most web processes.
WRITING, LETTING_IN, CONNECTING = "writing the frames", "letting visitors in", "ports of the proxy"


@dataclass(frozen=True)
class Costs:
    """What one web process was measured to do: see RowResult."""

    cpu_us_per_frame: float
    memory_kib_per_socket: float
    handshakes_per_second: float


@dataclass(frozen=True)
class Need:
    """What `visitors` need, if a web process costs what `costs` say and has a core of its own."""

    site: str
    visitors: int
    costs: Costs
    frame_bytes: int  # on the wire

    @property
    def demands(self) -> dict[str, int]:
        """The web processes that each of three things asks for."""
        writing_seconds = self.visitors * self.costs.cpu_us_per_frame / 1e6
        handshake_seconds = self.visitors / self.costs.handshakes_per_second
        return {
            WRITING: ceil(writing_seconds / LAST_SECONDS),
            LETTING_IN: ceil(handshake_seconds / BACK_SECONDS),
            CONNECTING: ceil(self.visitors / PORTS),
        }

    @property
    def processes(self) -> int:
        """The web processes that satisfy all three."""
        return max(self.demands.values())

    @property
    def bottleneck(self) -> str:
        """What asks for the most of them."""
        return max(self.demands, key=self.demands.__getitem__)

    @property
    def memory_bytes(self) -> float:
        """The memory of all sockets, in all web processes."""
        return self.visitors * self.costs.memory_kib_per_socket * 1024

    @property
    def redis_for_all(self) -> float:
        """Messages a second of Redis, if all see the same: one in, one out to each process."""
        return (1 + self.processes) / STATUS_SECONDS

    @property
    def redis_for_each(self) -> float:
        """Messages a second of Redis, if each visitor has a status of their own: in and out."""
        return 2 * self.visitors / STATUS_SECONDS

    @property
    def redis_coming_back(self) -> float:
        """Commands a second to Redis, while everybody reconnects."""
        return self.visitors * REDIS_PER_VISITOR / self.back_seconds

    @property
    def bits_per_second(self) -> float:
        """Of the network, in the second in which a status goes out."""
        return self.visitors * self.frame_bytes * 8 / LAST_SECONDS

    @property
    def back_seconds(self) -> float:
        """How long it takes until everybody is back."""
        return self.visitors / self.costs.handshakes_per_second / self.processes


def needs() -> list[Need]:
    """Return what each number of visitors needs with step 05, and on top of the ladder."""
    result = recorded("push", PushResult)
    size = len(frame().encode()) + NETWORK_BYTES
    return [
        Need(site, visitors, costs_of(_row(result, name)), size)
        for site, name in {"Step 05": STEP_05.name, "Top rung": ladder()[-1].name}.items()
        for visitors in CROWDS
    ]


def costs_of(row: RowResult) -> Costs:
    """Return what was measured of a row. Raises WorkbookError for one that has no sockets."""
    if not (row.cpu_us_per_frame and row.memory_kib_per_socket and row.handshakes_per_second):
        raise WorkbookError(f"The row “{row.label}” keeps no sockets: there is nothing to reckon.")
    return Costs(
        row.cpu_us_per_frame.median, row.memory_kib_per_socket, row.handshakes_per_second.median
    )


def frame() -> str:
    """Return the longest frame that step 05 sends: its partial, rendered as the task does."""
    text = (all_steps()[-1].folder / PARTIAL).read_text(encoding="utf-8")
    return Engine().from_string(text).render(Context({"status": LONGEST_STATUS}))


def lines(found: list[Need]) -> Iterator[tuple[str, ...]]:
    """Yield the lines of the table: what it is about, then a cell for each need."""
    yield "", *(f"{need.site}, {need.visitors:,}" for need in found)
    for demand in (WRITING, LETTING_IN, CONNECTING):
        yield f"Web processes for {demand}", *(f"{need.demands[demand]:,}" for need in found)
    yield "Asks for the most", *(need.bottleneck for need in found)
    yield "Memory of the sockets", *(_bytes(need.memory_bytes) for need in found)
    yield (
        "Network, while a status goes out",
        *(f"{need.bits_per_second / 1e6:,.0f} Mbit/s" for need in found),
    )
    yield "Everybody is back", *(f"after {need.back_seconds:.0f} s" for need in found)
    yield "Redis, one status for all", *(_redis(need.redis_for_all) for need in found)
    yield "Redis, a status for each", *(_redis(need.redis_for_each) for need in found)
    yield "Redis, while all come back", *(_redis(need.redis_coming_back) for need in found)


def _row(result: PushResult, name: str) -> RowResult:
    found = next((row for row in result.rows if row.name == name), None)
    if found is None:
        raise WorkbookError(
            f"The recorded run has no row “{name}”. Record it: python3 workbook bench push --record"
        )
    return found


def _redis(per_second: float) -> str:
    servers = ceil(per_second / REDIS_PER_SECOND)
    rate = f"{per_second:,.0f}/s" if per_second >= 10 else f"{per_second:.1f}/s"
    return f"{rate}, {servers} servers" if servers > 1 else rate


def _bytes(count: float) -> str:
    gib = count / 2**30
    return f"{gib:,.0f} GiB" if gib >= 1 else f"{count / 2**20:,.0f} MiB"


def main() -> int:
    """Print the table; return the exit code."""
    try:
        table = list(lines(needs()))
    except WorkbookError as problem:
        print(problem, file=sys.stderr)
        return 1
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
