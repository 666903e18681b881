"""A status that Redis keeps for ever, where it should be forgotten some time after its run."""

from __future__ import annotations

from redis import Redis

from checks.common.statuses import STATUSES

NEVER = -1  # Redis' word for a key without an end
DATABASES = 16  # as many as a server has, unless it is told otherwise
ANSWER_SECONDS = 2


def kept_for_ever(redis_url: str) -> str | None:
    """Return the key of a status that never ends, in any of the server's databases, else None."""
    with Redis.from_url(
        redis_url, socket_timeout=ANSWER_SECONDS, single_connection_client=True
    ) as server:
        for number in range(DATABASES):
            server.execute_command("SELECT", number)
            if key := _endless_key(server):
                return key
    return None


def _endless_key(server: Redis) -> str | None:
    for key in server.scan_iter():
        if server.type(key) != b"string" or server.ttl(key) != NEVER:
            continue
        value = server.get(key)
        if isinstance(value, bytes) and any(status.encode() in value for status in STATUSES):
            return str(key, errors="replace")
    return None
