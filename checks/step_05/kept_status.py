"""A status that Redis keeps for long, where it should be forgotten soon after its run."""

from dataclasses import dataclass

from redis import Redis

from checks.common.statuses import STATUSES

NEVER = -1  # Redis' word for a key without an end
# The page's is three intervals, and Django's own 300 seconds where nobody says how long.
LONG_SECONDS = 120
DATABASES = 16  # as many as a server has, unless it is told otherwise
ANSWER_SECONDS = 2


@dataclass(frozen=True)
class KeptStatus:
    """The key of a status, and the seconds that are left of it: NEVER where it has no end."""

    key: str
    seconds: int


def kept_for_long(redis_url: str) -> KeptStatus | None:
    """Return a status in any of the server's databases that outlives its run by far, else None."""
    with Redis.from_url(
        redis_url, socket_timeout=ANSWER_SECONDS, single_connection_client=True
    ) as server:
        for number in range(DATABASES):
            server.execute_command("SELECT", number)
            if kept := _kept_for_long(server):
                return kept
    return None


def _kept_for_long(server: Redis) -> KeptStatus | None:
    for key in server.scan_iter():
        seconds = int(server.ttl(key))
        if server.type(key) != b"string" or (seconds != NEVER and seconds <= LONG_SECONDS):
            continue
        value = server.get(key)
        if isinstance(value, bytes) and any(status.encode() in value for status in STATUSES):
            return KeptStatus(str(key, errors="replace"), seconds)
    return None
