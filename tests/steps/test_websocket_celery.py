"""Step 05: one run speaks to every page, on either Redis."""

import asyncio
import re
from collections.abc import Iterator
from itertools import groupby

import pytest

from tests.support.skip_markers import REDIS_SERVER
from tests.support.snapshots import SnapshotRun, snapshot_run
from tests.support.sockets import visit

INTERVAL = 1.0
RUN = ["RUNNING", "FINISHED", "RUNNING", "FINISHED", "RUNNING"]
VISITORS = 40
IDLE_SECONDS = 15
# Whoever leaves at the moment of a status: the lesson robust cures it, the step does not.
LEFT_AMID_A_STATUS = re.compile(
    r".*Exception inside application: Attempt to send on a closed protocol\n"
    r".*Traceback .*\n(?:.* \|   .*\n|(?!.*\bweb +\|).*\n)*?"
    r".*Disconnected: Attempt to send on a closed protocol\n"
)


@pytest.fixture(
    scope="module",
    params=["embedded", pytest.param("server", marks=[REDIS_SERVER, pytest.mark.long])],
)
def step(request: pytest.FixtureRequest) -> Iterator[SnapshotRun]:
    with snapshot_run("05", redis=request.param, STATUS_INTERVAL=str(INTERVAL)) as run:
        yield run


@pytest.mark.takes_long("the pages are watched for 15 s of silence after their run")
async def test_forty_visitors_at_once_share_one_run_and_stay_connected(step: SnapshotRun) -> None:
    visitors = await asyncio.gather(*(visit(step) for _ in range(VISITORS)))
    readers = [asyncio.create_task(visitor.read()) for visitor in visitors]
    for visitor in visitors:
        await visitor.sees(3, 10)
    late = await visit(step)
    readers.append(asyncio.create_task(late.read()))
    await late.sees(1, 1)
    await asyncio.sleep(3 * INTERVAL + IDLE_SECONDS)
    for reader in readers:
        reader.cancel()
    for visitor in (*visitors, late):
        assert visitor.close_code is None
        seen = [status for status, _repeats in groupby(visitor.statuses)]
        assert seen == RUN[-len(seen) :]
        assert len(visitor.statuses) <= len(RUN) + 1
    assert step.errors() == []


async def test_two_hundred_visitors_one_after_the_other_each_get_a_status(
    step: SnapshotRun,
) -> None:
    for _ in range(200):
        visitor = await visit(step)
        async with asyncio.timeout(10):
            assert await visitor.connection.recv()
        await visitor.connection.close()
    assert step.errors(but=LEFT_AMID_A_STATUS) == []
