"""The embedded Redis runs every Lua script that redis-py and kombu bring, as a real one does."""

import ast
import asyncio
import re
from collections.abc import Callable, Iterator
from hashlib import sha1
from pathlib import Path
from typing import Any

import kombu
import pytest
import redis
import redis.asyncio
from kombu.transport.redis import REFRESH_BINDING, SWEEP_BINDINGS
from redis.exceptions import LockError
from redis.lock import Lock

from tests.support.skip_markers import REDIS_SERVER
from workbook.redis_server.lua_scripts import SCRIPTS
from workbook.redis_server.server import private_redis

MINUTE_MS = 60_000
LUA = re.compile(r"\bredis\.p?call\s*\(")


def scripts_in(package: Path) -> Iterator[str]:
    """Yield each Lua script in the source of a package: every string that calls Redis."""
    for file in sorted(package.rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        if LUA.search(source):
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Constant) and LUA.search(str(node.value)):
                    yield node.value


def digest(script: str) -> str:
    """Return the name that Redis knows a script by."""
    return sha1(script.encode()).hexdigest()


INSTALLED = {
    digest(script): script
    for library in (redis, kombu)
    for script in scripts_in(Path(library.__file__).parent)
}


@pytest.fixture(scope="module")
def embedded():
    """Return a client of an embedded Redis."""
    with private_redis("embedded") as server, redis.Redis.from_url(server.url) as client:
        yield client


@pytest.fixture(scope="module")
def real():
    """Return a client of a real redis-server."""
    with private_redis("server") as server, redis.Redis.from_url(server.url) as client:
        yield client


def test_the_embedded_redis_knows_every_script_that_is_installed_and_no_other():
    assert set(SCRIPTS) == set(INSTALLED)
    assert {digest(one) for one in (Lock.LUA_REACQUIRE_SCRIPT, SWEEP_BINDINGS)} <= set(INSTALLED)


# What each script is called with: what was set up before, its keys, its arguments.
Client = redis.Redis
Before = Callable[[Client], object]


def nothing(client: Client) -> None:
    """Leave the Redis empty."""


def held(token: str = "mine", milliseconds: int | None = MINUTE_MS) -> Before:
    """Have the lock held, for some time or for ever."""
    return lambda client: client.set("lock", token, px=milliseconds)


def bound(deadline: str | int, *, permanent: bool = False) -> Before:
    """Have a queue bound to the exchange `x`, whose deadline is that."""

    def bind(client: Client) -> None:
        client.sadd("table.x", "member")
        client.zadd("deadlines", {"x": deadline})
        if permanent:
            client.sadd("permanent.x", "member")

    return bind


LOCK, DEADLINES = ("lock",), ("deadlines",)
SWEPT = ("table.", "permanent.", 10)
CALLS = [
    *(
        (script, before, LOCK, arguments)
        for script, *more in [
            (Lock.LUA_RELEASE_SCRIPT, ()),
            (Lock.LUA_EXTEND_SCRIPT, (90_000, "0"), (90_000, "1"), (0, "1"), (90_000, "2")),
            (Lock.LUA_REACQUIRE_SCRIPT, (90_000,), (0,)),
        ]
        for before in (nothing, held(), held("another's"), held(milliseconds=None))
        for arguments in (("mine", *one) for one in more)
    ),
    *(
        (REFRESH_BINDING, before, ("table.x", "deadlines"), ("member", "x", milliseconds))
        for before in (nothing, bound("-inf"), bound("+inf"))
        for milliseconds in (MINUTE_MS, -1, 0)
    ),
    *(
        (SWEEP_BINDINGS, before, DEADLINES, SWEPT)
        for before in (nothing, bound(1), bound("+inf"), bound(1, permanent=True))
    ),
    (SWEEP_BINDINGS, bound(1), DEADLINES, ("table.", "permanent.", 0)),
]


def outcome(client: Client, script: str, before: Before, keys: Any, arguments: Any) -> Any:
    """Return what a script answers, and what it leaves behind; times to a tenth of a minute."""
    client.flushall()
    before(client)
    answers = [client.eval(script, len(keys), *keys, *arguments)]
    sha = client.script_load(script)
    assert client.script_exists(sha) == [True]
    answers.append(client.evalsha(sha, len(keys), *keys, *arguments))
    now_ms = client.time()[0] * 1000
    left = {}
    for key in sorted(client.keys()):
        kind = client.type(key)
        if kind == b"set":
            left[key] = sorted(client.smembers(key))
        elif kind == b"zset":
            rows = client.zrange(key, 0, -1, withscores=True)
            left[key] = [(name, _near(score - now_ms, score)) for name, score in rows]
        else:
            left[key] = (client.get(key), round(client.pttl(key), -4))
    return answers, left


def _near(difference: float, score: float) -> float:
    """Return a time stamp as its difference from now, roughly; what is none as it is."""
    return round(difference, -4) + 0.0 if abs(difference) < 10 * MINUTE_MS else score


def test_every_installed_script_is_called():
    assert {digest(script) for script, *_ in CALLS} == set(INSTALLED)


@REDIS_SERVER
@pytest.mark.parametrize("call", CALLS, ids=range(len(CALLS)))
def test_a_script_answers_and_does_what_it_does_on_a_real_redis(call, embedded, real):
    assert outcome(embedded, *call) == outcome(real, *call)


@pytest.mark.parametrize("kind", [pytest.param("real", marks=REDIS_SERVER), "embedded"])
def test_a_lock_is_extended_renewed_and_released(kind, request):
    client = request.getfixturevalue(kind)
    lock = client.lock("renewed", timeout=5)
    assert lock.acquire()
    assert lock.extend(5)
    assert client.pttl("renewed") > 9_000
    assert lock.extend(3, replace_ttl=True)
    assert client.pttl("renewed") <= 3_000
    assert lock.reacquire()
    assert 4_000 < client.pttl("renewed") <= 5_000
    client.delete("renewed")
    for use in (lock.reacquire, lambda: lock.extend(1), lock.release):
        lock.local.token = b"mine"
        with pytest.raises(LockError):
            use()


@pytest.mark.parametrize("kind", [pytest.param("real", marks=REDIS_SERVER), "embedded"])
def test_an_asyncio_lock_is_renewed(kind, request):
    address = request.getfixturevalue(kind).connection_pool.connection_kwargs

    async def renew() -> bool:
        async with (
            redis.asyncio.Redis(host=address["host"], port=address["port"]) as client,
            client.lock("asynchronous", timeout=5) as lock,
        ):
            return await lock.extend(1) and await lock.reacquire()

    assert asyncio.run(renew())
