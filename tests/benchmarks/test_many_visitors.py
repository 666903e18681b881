"""Ten thousand visitors at one web process of step 05: none is lost, and none is told less."""

import pytest

from benchmarks.many.__main__ import PLAN, ROWS, VISITORS
from benchmarks.push.__main__ import complaints, measure
from benchmarks.push.variants import STEP_05
from tests.support.skip_markers import REDIS_SERVER


@REDIS_SERVER
@pytest.mark.long
@pytest.mark.alone  # ten thousand visitors take all of both cores
def test_every_visitor_comes_and_has_every_status() -> None:
    result = measure(ROWS, PLAN)
    assert complaints(ROWS, result) == []
    step_05 = result.row(STEP_05.name)
    assert step_05.came == [VISITORS]
    assert step_05.sizes[0].last_ms
