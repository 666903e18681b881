"""Step 04: what holds over time, and after the last visitor has left."""

from __future__ import annotations

import time

import redis

from checks.step_04.handshake import ASGI, CONSUMERS, SETTINGS
from checks.step_04.pushing import test_a_message_reaches_every_page
from checks.step_04.visits import GROUP, IDLE_PATIENCE_SECONDS, IDLE_SECONDS, Beside
from checks.support.ground import test_the_processes_start
from checks.support.project import IDLE, Project
from checks.support.sockets import PATH, Refused, Sockets
from checks.support.verdict import NotYet, check
from checks.support.words import learners_frames

ALONE_SECONDS, LEAVING_SECONDS = 15, 4


@check(
    f"A silent websocket is still open after {IDLE_SECONDS} seconds",
    after=(test_a_message_reaches_every_page,),
)
def test_a_silent_websocket_stays_open(project: Project, beside: Beside) -> None:
    done = f"opened {PATH} and watched it for {IDLE_SECONDS} s, with nobody sending"
    try:
        page = beside.idle.result(IDLE_PATIENCE_SECONDS)
    except Refused as refused:
        page, seen = None, refused.seen
    if page and page.is_open:
        return
    words = project.process(IDLE).words.tail()
    place = f"{CONSUMERS}: what ends it?"
    if "Timeout" in words:
        place = (
            f"{SETTINGS}, CHANNEL_LAYERS: redis-py 8 gives a silent Redis 5 s (socket_timeout). "
            "How long does this layer listen?"
        )
    raise NotYet(
        done=done,
        seen=page.seen if page else seen,
        expected="a websocket that stays open as long as the page",
        open=place,
        guide="04, The channel layer",
        words=words,
    )


@check("Any ASGI server can load config.asgi:application", after=(test_the_processes_start,))
def test_any_server_can_load_the_application(project: Project, beside: Beside) -> None:
    deadline = time.monotonic() + ALONE_SECONDS
    while (told := project.ask("load_asgi"))["exit_code"] is None and time.monotonic() < deadline:
        time.sleep(0.02)
    if told["exit_code"] == 0:
        return
    words = learners_frames(told["said"], project.folder)
    raise NotYet(
        done="loaded config.asgi:application in a Python of its own, as a server does",
        seen=words.rpartition("\n")[2] or f"no end within {ALONE_SECONDS} s",
        expected="an application: Django is loaded first, and then what needs its models",
        open=f"{ASGI}: in which order are things imported there?",
        guide="04, Serve websockets",
        words=words,
    )


@check("Who leaves is no member any more", after=(test_a_message_reaches_every_page,))
def test_who_leaves_is_no_member(project: Project, sockets: Sockets, beside: Beside) -> None:
    beside.close()
    sockets.close()
    deadline = time.monotonic() + LEAVING_SECONDS
    while (left := members(project.redis.url)) and time.monotonic() < deadline:
        time.sleep(0.05)
    if left:
        raise NotYet(
            done="closed every page, then counted in Redis who belongs to the group status",
            seen=f"{left} left behind",
            expected="none: the next message would still be sent there",
            open=f"{CONSUMERS}: what undoes the group_add of connect?",
            guide="04, Write the consumer",
        )


def members(redis_url: str) -> int:
    """Count who belongs to the group, by either layer of channels_redis, whatever its prefix."""
    with redis.Redis.from_url(redis_url, socket_timeout=5) as client:
        core = sum(map(client.zcard, client.scan_iter(f"*:group:{GROUP}", _type="zset")))
        listening = client.pubsub_channels(f"*__group__{GROUP}")
        return core + sum(count for _, count in client.pubsub_numsub(*listening))
