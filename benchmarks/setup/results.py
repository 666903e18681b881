"""What a run of the set-up benchmark found, as it is kept in benchmarks/results/setup.json."""

from dataclasses import dataclass

from benchmarks.support.statistics_summary import Figure
from benchmarks.support.system_info import RunInfo


@dataclass(frozen=True)
class Reading:
    """One round of one way. Times in seconds; `first` and `second` end with the first status.

    `first` begins with a fresh clone and empty caches, and `fetching` is the part of it in which
    bytes came in. `alone` are calls without a verb; none where the way has no such call.
    """

    first: float
    fetching: float
    fetched_bytes: int
    second: float
    alone: list[float]

    @property
    def rest(self) -> float:
        """The part of `first` in which nothing was fetched."""
        return self.first - self.fetching


@dataclass(frozen=True)
class WayRow:
    """A way to set up the workbook: medians in seconds, as in Reading; MB are a million bytes."""

    name: str
    label: str
    first: Figure
    fetching: Figure
    rest: Figure
    fetched_mb: Figure
    second: Figure
    alone: Figure | None


@dataclass(frozen=True)
class Aim:
    """What a figure may be at most."""

    text: str
    at_most: float
    found: float

    @property
    def is_met(self) -> bool:
        """Tell whether it is."""
        return self.found <= self.at_most


@dataclass(frozen=True)
class SetupResult(RunInfo):
    """A whole run: the rows are today's way, then the former one.

    `time_ratio` and `bytes_ratio` are today's first status and bytes as a part of the former way's,
    round by round.
    """

    rows: list[WayRow]
    time_ratio: Figure
    bytes_ratio: Figure
    aims: list[Aim]
