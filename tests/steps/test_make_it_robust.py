"""The lesson robust: whatever visitors do, the server's log stays clean and nothing is left."""

import asyncio

import pytest
import redis

from tests.support.snapshots import SnapshotRun
from tests.support.sockets import refusal, visit
from tests.support.tool_process import wait_until

STEP = "robust"
FLOOD = """
import time
from status.tasks import broadcast
end = time.monotonic() + 6
while time.monotonic() < end:
    broadcast('HELLO')
"""
GROUP_CHANNEL = b"asgi__group__status"


async def test_an_unknown_path_is_refused(step: SnapshotRun) -> None:
    unknown = f"ws://127.0.0.1:{step.port}/ws/other"
    assert await refusal(unknown, step.url) == 403
    assert step.errors() == []


@pytest.mark.long  # the lesson's own checks look at what those who leave leave behind
@pytest.mark.takes_long("visitors come and go for six seconds, after a shell has started")
async def test_who_leaves_while_something_is_sent_disturbs_nobody(step: SnapshotRun) -> None:
    flood, visitors = asyncio.create_task(asyncio.to_thread(step.shell, FLOOD)), 0
    while not flood.done():
        visitor = await visit(step)
        await visitor.connection.recv()
        await visitor.connection.close()
        visitors += 1
    await flood
    assert visitors > 100
    # Daphne raises where something is sent to who is leaving. Unless that is expected, the consumer
    # ends there, logs a traceback, and never leaves its group.
    assert step.errors() == []
    with redis.Redis.from_url(step.redis_url) as client:
        wait_until(lambda: client.pubsub_numsub(GROUP_CHANNEL) == [(GROUP_CHANNEL, 0)], 5)
