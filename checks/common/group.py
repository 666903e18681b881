"""Who belongs to the group, and which visitors' own channels there are, as Redis counts them."""

from __future__ import annotations

from dataclasses import dataclass

import redis

from checks.pace import patience

GROUP = "status"


@dataclass(frozen=True)
class Leftovers:
    """Members of the group, and channels of single visitors."""

    members: int
    channels: int

    def __le__(self, other: Leftovers) -> bool:
        return self.members <= other.members and self.channels <= other.channels

    def __sub__(self, other: Leftovers) -> Leftovers:
        return Leftovers(
            max(0, self.members - other.members), max(0, self.channels - other.channels)
        )


def leftovers(redis_url: str) -> Leftovers:
    """Count both, by either layer of channels_redis, whatever its prefix."""
    with redis.Redis.from_url(redis_url, socket_timeout=patience(5)) as client:
        core: int = sum(map(client.zcard, client.scan_iter(f"*:group:{GROUP}", _type="zset")))
        listening = client.pubsub_channels(f"*__group__{GROUP}")
        members = core + sum(int(count) for _, count in client.pubsub_numsub(*listening))
        return Leftovers(members, len(client.pubsub_channels("*specific.*")))
