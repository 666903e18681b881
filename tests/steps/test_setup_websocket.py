"""Step 04: the server speaks first."""

import asyncio

import pytest
import redis
from websockets.exceptions import InvalidStatus

from tests.support.snapshots import SnapshotRun
from tests.support.sockets import connect, visit
from tests.support.tool_process import wait_until

STEP = "04"
SEND = (
    "from asgiref.sync import async_to_sync; from channels.layers import get_channel_layer;"
    "async_to_sync(get_channel_layer().group_send)"
    "('status', {'type': 'send_status', 'status': 'HELLO'})"
)
FLOOD = f"""
import time
end = time.monotonic() + 6
while time.monotonic() < end:
    exec({SEND!r})
"""
GROUP_CHANNEL = b"asgi__group__status"


def test_what_the_shell_sends_reaches_every_open_page(step: SnapshotRun) -> None:
    async def two_pages() -> None:
        visitors = [await visit(step) for _ in range(2)]
        async with asyncio.TaskGroup() as group:
            for visitor in visitors:
                group.create_task(visitor.read())
            for visitor in visitors:
                assert await visitor.sees(1, 5) == ["RUNNING"]
            await asyncio.to_thread(step.shell, SEND)
            for visitor in visitors:
                assert await visitor.sees(2, 5) == ["RUNNING", "HELLO"]
                await visitor.connection.close()

    asyncio.run(two_pages())


def test_the_page_that_is_served_opens_the_websocket(step: SnapshotRun) -> None:
    with step.visitor() as visitor:
        page = visitor.get("/live/").text
    assert 'hx-ext="ws" ws-connect="/ws/status"' in page
    assert '<span id="status">' in page


@pytest.mark.parametrize(
    ("path", "origin"),
    [("/ws/status", "http://elsewhere.example"), ("/ws/status", None), ("/ws/other", "own")],
    ids=["a foreign origin", "no origin", "an unknown path"],
)
def test_stranger_is_refused(step: SnapshotRun, path: str, origin: str | None) -> None:
    async def knock() -> int:
        address = f"ws://127.0.0.1:{step.port}{path}"
        with pytest.raises(InvalidStatus) as refusal:
            await connect(address, origin=step.url if origin == "own" else origin, proxy=None)
        return refusal.value.response.status_code

    assert asyncio.run(knock()) == 403


def test_who_leaves_while_something_is_sent_disturbs_nobody(step: SnapshotRun) -> None:
    async def come_and_go() -> int:
        flood, visitors = asyncio.create_task(asyncio.to_thread(step.shell, FLOOD)), 0
        while not flood.done():
            visitor = await visit(step)
            await visitor.connection.recv()
            await visitor.connection.close()
            visitors += 1
        await flood
        return visitors

    assert asyncio.run(come_and_go()) > 100
    # Daphne raises where something is sent to who is leaving. Unless that is expected, the consumer
    # ends there, logs a traceback, and never leaves its group.
    assert step.errors() == []
    with redis.Redis.from_url(step.redis_url) as client:
        wait_until(lambda: client.pubsub_numsub(GROUP_CHANNEL) == [(GROUP_CHANNEL, 0)], 5)


def test_no_log_speaks_of_an_error(step: SnapshotRun) -> None:
    assert step.errors() == []
