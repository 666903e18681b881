"""Step 04: the server speaks first."""

import asyncio

import pytest

from tests.support.snapshots import SnapshotRun
from tests.support.sockets import refusal, visit

STEP = "04"
SEND = (
    "from asgiref.sync import async_to_sync; from channels.layers import get_channel_layer;"
    "async_to_sync(get_channel_layer().group_send)"
    "('status', {'type': 'send_status', 'status': 'HELLO'})"
)


async def test_what_the_shell_sends_reaches_every_open_page(step: SnapshotRun) -> None:
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


def test_the_page_that_is_served_opens_the_websocket(step: SnapshotRun) -> None:
    with step.visitor() as visitor:
        page = visitor.get("/live/").text
    assert 'hx-ext="ws" ws-connect="/ws/status"' in page
    assert '<span id="status">' in page


@pytest.mark.parametrize(
    "origin", ["http://elsewhere.example", None], ids=["a foreign origin", "no origin"]
)
async def test_stranger_is_refused(step: SnapshotRun, origin: str | None) -> None:
    assert await refusal(step.socket_url, origin) == 403


def test_no_log_speaks_of_an_error(step: SnapshotRun) -> None:
    assert step.errors() == []
