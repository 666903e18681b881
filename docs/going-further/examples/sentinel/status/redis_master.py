from django.conf import settings
from redis.sentinel import Sentinel

sentinels = [tuple(sentinel.rsplit(':', 1)) for sentinel in settings.SENTINELS]
redis = Sentinel(sentinels).master_for(
    settings.SENTINEL_MASTER, password=settings.REDIS_PASSWORD
)
