"""What open pages are told, and when."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from docs_ext.live.events import Subscribers, as_event

SOON, NEVER = 0.01, 60.0


async def taken(stream: AsyncIterator[bytes], count: int) -> list[str]:
    """Return the next events of a stream, as text."""
    return [(await asyncio.wait_for(anext(stream), 2)).decode() for _ in range(count)]


async def test_a_page_is_told_each_state_first_and_then_what_differs() -> None:
    state = {"page": {"digest": "one"}, "hello": {"token": "t"}}
    subscribers = Subscribers(NEVER)
    stream = subscribers.stream(lambda: dict(state))
    assert await taken(stream, 3) == [
        "retry: 1000\n\n",
        'event: page\ndata: {"digest": "one"}\n\n',
        'event: hello\ndata: {"token": "t"}\n\n',
    ]
    state["page"] = {"digest": "two"}
    following = asyncio.ensure_future(taken(stream, 1))
    await asyncio.sleep(SOON)
    assert not following.done()
    subscribers.wake()
    assert await following == ['event: page\ndata: {"digest": "two"}\n\n']


async def test_what_comes_while_a_page_is_slow_is_told_as_it_is_then() -> None:
    state = {"count": 0}
    subscribers = Subscribers(NEVER)
    stream = subscribers.stream(lambda: dict(state))
    await taken(stream, 2)
    for _ in range(1000):
        state["count"] += 1
        subscribers.wake()
    assert await taken(stream, 1) == ["event: count\ndata: 1000\n\n"]


async def test_a_page_without_news_hears_that_it_is_not_cut_off() -> None:
    stream = Subscribers(SOON).stream(dict)
    assert await taken(stream, 3) == ["retry: 1000\n\n", *["event: alive\ndata: null\n\n"] * 2]


async def test_a_page_that_leaves_is_forgotten() -> None:
    subscribers = Subscribers(NEVER)
    stream = subscribers.stream(dict)
    await taken(stream, 1)
    assert len(subscribers) == 1
    await stream.aclose()
    assert len(subscribers) == 0


async def test_the_end_ends_every_stream() -> None:
    subscribers = Subscribers(NEVER)
    stream = subscribers.stream(dict)
    await taken(stream, 1)
    following = asyncio.ensure_future(taken(stream, 1))
    await asyncio.sleep(SOON)
    subscribers.close()
    with pytest.raises(StopAsyncIteration):
        await following
    with pytest.raises(StopAsyncIteration):
        await taken(subscribers.stream(dict), 2)


def test_no_state_can_forge_an_event() -> None:
    assert as_event("said", "a\n\nevent: page\r\rdata: {}").count(b"\n") == 3
    assert b"\r" not in as_event("said", "a\r\rb")
