"""What a run of the pools benchmark found, as it is kept in benchmarks/results/pools.json."""

from dataclasses import dataclass

from benchmarks.support.statistics_summary import Figure
from benchmarks.support.system_info import RunInfo


@dataclass(frozen=True)
class MixingRow:
    """What became of runs with event loops, and of tasks beside them, in all rounds together."""

    label: str
    runs: int
    runs_well: int
    unrelated: int
    unrelated_with_result: int


@dataclass(frozen=True)
class WaitingRow:
    """A worker on tasks that sleep: until all are done, and the memory it holds then (resident)."""

    label: str
    seconds: Figure
    memory_mib: Figure
    processes: int


@dataclass(frozen=True)
class PoolsResult(RunInfo):
    """A whole run."""

    mixing: list[MixingRow]
    waiting: list[WaitingRow]
