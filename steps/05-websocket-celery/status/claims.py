from contextlib import suppress
from math import ceil

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

CLAIM = 'status-run'
LAST_STATUS = 'status-last'

# Whoever dies without a word is forgotten after three intervals.
LIFETIME = ceil(3 * settings.STATUS_INTERVAL)


def claim(run_id):
    """True if the run may go on: nobody holds the claim, or this run does already."""
    if cache.add(CLAIM, run_id, LIFETIME):
        return True
    return cache.get(CLAIM) == run_id and cache.touch(CLAIM, LIFETIME)


def release(run_id):
    # Where Redis is away, the claim ends by itself.
    with suppress(RedisError):
        if cache.get(CLAIM) == run_id:
            cache.delete(CLAIM)
