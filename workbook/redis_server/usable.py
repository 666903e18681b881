"""Whether a Redis can be used: one that answers PING may still refuse to write."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from workbook.redis_server.address import HIDDEN, read_address

if TYPE_CHECKING:
    import redis

ANSWER_SECONDS = 3
KEY_SECONDS = 10
# By how an answer of Redis begins: what it means, and what to do. No text of a library is shown.
REFUSALS: Mapping[str, str] = {
    "READONLY": "it is a replica, which takes no writes. Name its primary",
    "MISCONF": "it takes no writes since it could not save to its disk. Make room there, or look "
    "at its log",
    "OOM": "its memory is full (maxmemory). Give it more, or delete what is not needed",
    "NOAUTH": "it wants a password. Name it with its password: redis://:PASSWORD@HOST:PORT",
    "WRONGPASS": "it does not accept that name and password. Correct them",
    "AUTH": "it has no password set for that user. Name it without one",
    "NOPERM": "that user may not do what Celery has to. Give the user all keys, channels and "
    "commands",
    "LOADING": "it is still loading its data. Try again in a moment",
    "CLUSTER": "it runs in cluster mode, which Celery cannot use. Name one that does not",
    "NOREPLICAS": "it takes no writes without its replicas. Start them",
    "MASTERDOWN": "it is a replica whose primary is down. Name a primary",
    "syntax error": "it is too old: Celery needs Redis 6.2. Name a newer one",
}
# What listens there is no Redis, or hangs.
NO_REDIS = (
    f"it did not answer within {ANSWER_SECONDS} seconds. Is it a Redis?",
    "nothing answers there as a Redis does. Start it, or correct the address",
)


def why_unusable(url: str) -> str | None:
    """Ask the Redis at `url` to write and to publish; return why it cannot be used, else None.

    What is written is a key of its own, which is deleted again, and expires should that fail.
    Raises WorkbookError for an address that cannot be read, see `read_address`.
    """
    import redis  # here: most calls need no client

    address = read_address(url)
    key = f"workbook-{secrets.token_hex(8)}"
    try:
        with redis.Redis.from_url(
            url, socket_connect_timeout=ANSWER_SECONDS, socket_timeout=ANSWER_SECONDS, retry=None
        ) as client:
            client.set(key, HIDDEN, ex=KEY_SECONDS)
            client.publish(key, HIDDEN)
            client.delete(key)
            # As Celery binds its control queues, since Redis 6.2; XX, so that no key is made.
            client.zadd(key, {HIDDEN: 0}, gt=True, xx=True)
            if _is_cluster(client):
                return REFUSALS["CLUSTER"]
    except redis.TimeoutError:
        return NO_REDIS[0]
    except redis.RedisError as error:
        return _meaning(error, has_password=bool(address.password) or "password=" in url)
    except ValueError:
        return "it asks for something that redis-py does not know. Correct what follows the ?"
    return None


def _is_cluster(client: redis.Redis) -> bool:
    import redis

    try:
        return client.info("server").get("redis_mode") == "cluster"
    except redis.RedisError:  # the embedded one, or a user who may not ask
        return False


def _meaning(error: Exception, has_password: bool) -> str:
    import redis

    kinds = (
        (redis.exceptions.ClusterError, "CLUSTER"),
        (redis.exceptions.AskError, "CLUSTER"),
        (redis.exceptions.ReadOnlyError, "READONLY"),
        (redis.exceptions.OutOfMemoryError, "OOM"),
        (redis.exceptions.NoPermissionError, "NOPERM"),
        (redis.exceptions.BusyLoadingError, "LOADING"),
        (redis.exceptions.AuthenticationWrongNumberOfArgsError, "AUTH"),
        (redis.exceptions.MasterDownError, "MASTERDOWN"),
    )
    for kind, name in kinds:
        if isinstance(error, kind):
            return REFUSALS[name]
    text = str(error)
    if isinstance(error, redis.AuthenticationError):
        if "without any password configured" in text:
            return REFUSALS["AUTH"]
        return REFUSALS["WRONGPASS" if has_password else "NOAUTH"]
    for name, meaning in REFUSALS.items():
        if text.startswith(name):
            return meaning
    if isinstance(error, (redis.ConnectionError, redis.InvalidResponse)):
        return NO_REDIS[1]
    return "it answers, and refuses to be written to. Look at its log"
