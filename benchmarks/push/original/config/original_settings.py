"""The original's channel layer, with the two options without which nothing could be measured.

Without `socket_timeout` every idle socket is closed after five seconds; without `max_connections`
about half of a thousand visitors are turned away.
"""

from .settings import *  # noqa: F403
from .settings import CELERY_BROKER_URL

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            "hosts": [
                {"address": CELERY_BROKER_URL, "socket_timeout": None, "max_connections": 10_000}
            ]
        },
    },
}
