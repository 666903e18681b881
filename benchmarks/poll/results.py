"""What a run of the poll benchmark found, as it is kept in benchmarks/results/poll.json."""

from dataclasses import dataclass

from benchmarks.support.statistics_summary import Figure
from benchmarks.support.system_info import RunInfo


@dataclass(frozen=True)
class PollRow:
    """A way to learn of an update. `cpu_nobody` is what the server uses while nobody is there.

    CPU times are the server's, in seconds a minute; the waits are from the storing or sending of a
    status until half of the visitors, and the last, see it. A websocket sends no requests: it has
    no rate.
    """

    name: str
    label: str
    cpu_nobody: Figure
    cpu_visitors: Figure
    median_ms: Figure | None
    last_ms: Figure | None
    requests_per_second: Figure | None


@dataclass(frozen=True)
class PollResult(RunInfo):
    """A whole run."""

    visitors: int
    rows: list[PollRow]
