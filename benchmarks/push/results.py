"""What a run of the push benchmark found, as it is kept in benchmarks/results/push.json."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.support.load_generator import Delivery
from benchmarks.support.statistics_summary import Figure, figure, ratio
from benchmarks.support.system_info import RunInfo


@dataclass
class Readings:
    """What was measured of a row: by size, a list for each round, milliseconds in it."""

    median_ms: dict[int, list[list[float]]] = field(default_factory=dict)
    last_ms: dict[int, list[list[float]]] = field(default_factory=dict)
    cpu_us: list[list[float]] = field(default_factory=list)  # the server's, for each frame
    memory_kib: list[float] = field(default_factory=list)  # the server's, for each idle socket
    came: list[int] = field(default_factory=list)  # at the first try, of those who came at once
    per_second: list[float] = field(default_factory=list)  # handshakes
    left: list[int] = field(default_factory=list)  # members of the group after all hung up
    lost: int = 0  # statuses that somebody should have seen and did not
    dropped: int = 0  # connections that the server ended

    def begin(self, size: int) -> None:
        """Begin a round of `size` visitors."""
        for values in (self.median_ms, self.last_ms):
            values.setdefault(size, []).append([])

    def add(self, size: int, delivery: Delivery | None) -> None:
        """Take in how a status reached everybody; one that did not is no reading but a loss."""
        if delivery and delivery.count == size:
            self.median_ms[size][-1].append(delivery.median_ms)
            self.last_ms[size][-1].append(delivery.last_ms)


@dataclass(frozen=True)
class SizeResult:
    """What N visitors saw: milliseconds until half of them, and the last, had the status."""

    visitors: int
    median_ms: Figure | None
    last_ms: Figure | None
    times_limit: Figure | None  # the last of them, as a multiple of LIMIT's last


@dataclass(frozen=True)
class RowResult:
    """A row of the table. What cannot be said of a row (memory of a poller) is None."""

    name: str
    label: str
    sizes: list[SizeResult]
    cpu_us_per_frame: Figure | None
    memory_kib_per_socket: float | None
    came: list[int]
    handshakes_per_second: Figure | None
    members_left: list[int]
    lost: int
    dropped: int

    def at(self, visitors: int) -> SizeResult:
        """Return what so many visitors saw."""
        return next(size for size in self.sizes if size.visitors == visitors)


@dataclass(frozen=True)
class PushResult(RunInfo):
    """A whole run."""

    statuses_per_round: int
    sizes: list[int]
    rows: list[RowResult]

    def row(self, name: str) -> RowResult:
        """Return the row of that name."""
        return next(row for row in self.rows if row.name == name)


def row_result(name: str, label: str, found: Readings, limit: Readings) -> RowResult:
    """Sum up what was measured of a row, beside the yardstick of the same run."""
    sizes = [
        SizeResult(
            size,
            figure(found.median_ms[size]),
            figure(found.last_ms[size]),
            ratio(found.last_ms[size], limit.last_ms[size]),
        )
        for size in sorted(found.last_ms)
    ]
    return RowResult(
        name=name,
        label=label,
        sizes=sizes,
        cpu_us_per_frame=figure(found.cpu_us, digits=1),
        memory_kib_per_socket=round(found.memory_kib[0], 1) if found.memory_kib else None,
        came=found.came,
        handshakes_per_second=figure([[one] for one in found.per_second], digits=0),
        members_left=found.left,
        lost=found.lost,
        dropped=found.dropped,
    )


def failures(row: RowResult, visitors: int, members_allowed: int) -> Iterator[str]:
    """Yield a sentence for each thing that must not happen to one of our own rows."""
    if row.lost:
        yield f"{row.label}: {row.lost} statuses did not reach a visitor who was there."
    if row.dropped:
        yield f"{row.label}: the server closed {row.dropped} connections that nobody had ended."
    short = [came for came in row.came if came < visitors]
    if short:
        yield f"{row.label}: of {visitors} visitors at once only {min(short)} came in."
    if any(left > members_allowed for left in row.members_left):
        yield (
            f"{row.label}: the group has {max(row.members_left)} members after everybody left, "
            f"and {members_allowed} may be."
        )
