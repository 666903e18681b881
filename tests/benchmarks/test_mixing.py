"""What the benchmark of mixed tasks counts."""

import pytest

from benchmarks.pools.mixing import KINDS, RUNS, UNRELATED_COUNT, mixing_round
from tests.support.skip_markers import REDIS_SERVER

pytestmark = REDIS_SERVER


@pytest.mark.long
def test_in_threads_every_run_and_every_other_task_ends_well() -> None:
    threads = next(kind for kind in KINDS if kind.label == "-P threads")
    assert mixing_round(threads) == (RUNS, UNRELATED_COUNT)
