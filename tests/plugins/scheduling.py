"""Which tests run on one worker, and in what order: those that take longest begin first."""

import json
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

DURATIONS = Path(__file__).resolve().parent.parent / "durations.json"
# Modules whose tests share nothing that they started: each test may go to another worker.
APART = (
    "tests/checks/test_bad_input",
    "tests/checks/test_matrix",
    "tests/checks/test_mistakes_",
    "tests/checks/test_variants_",
    "tests/exercises/",
    "tests/guide/test_replay.py",
)
# Modules that look at the same running snapshots, which each worker would start for itself.
TOGETHER = "tests/security on one snapshot"
SHARING = tuple(
    f"tests/security/test_{name}.py"
    for name in ("bad_messages", "deployment", "html_is_escaped", "malformed_inputs", "strangers")
)

# A Windows needs both cores, and two of them get into each other's way.
WINDOWS = "tests/windows/"


def unit_of(node_id: str) -> str:
    """Return what `node_id` stays together with: itself, its module, or modules that share."""
    if node_id.startswith(WINDOWS):
        return WINDOWS
    if node_id.startswith(SHARING):
        return TOGETHER
    return node_id if node_id.startswith(APART) else node_id.partition("::")[0]


def recorded_seconds() -> dict[str, float]:
    """Return how long each unit took when that was last recorded; those that took longest first."""
    return json.loads(DURATIONS.read_text(encoding="utf-8")) if DURATIONS.exists() else {}


class LongestFirst(LoadScopeScheduling):
    """Hands out one unit after the other, in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LongestFirst:
    """Give pytest-xdist the scheduler for these tests."""
    return LongestFirst(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first: begun last, it would leave the other workers idle.

    What has no record yet comes before all: it may take long.
    """
    seconds = recorded_seconds()
    items.sort(key=lambda item: -seconds.get(unit_of(item.nodeid), float("inf")))
