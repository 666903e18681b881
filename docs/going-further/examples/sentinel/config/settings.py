from urllib.parse import quote

# host:port of each Sentinel, with commas between them, and the name they give to the Redis.
SENTINELS = config('SENTINELS', cast=Csv())
SENTINEL_MASTER = config('SENTINEL_MASTER', default='mymaster')
# The password of Redis, not of the Sentinels. In an address it must be percent-encoded.
REDIS_PASSWORD = config('REDIS_PASSWORD')

CELERY_BROKER_URL = ';'.join(
    f'sentinel://:{quote(REDIS_PASSWORD, safe="")}@{sentinel}' for sentinel in SENTINELS
)
CELERY_BROKER_TRANSPORT_OPTIONS['master_name'] = SENTINEL_MASTER

CHANNEL_LAYERS['default']['CONFIG']['hosts'] = [
    {
        'sentinels': [tuple(sentinel.rsplit(':', 1)) for sentinel in SENTINELS],
        'master_name': SENTINEL_MASTER,
        'password': REDIS_PASSWORD,
    }
]

# Django's own Redis cache asks no Sentinel. The database is there for all machines as well:
# `python manage.py createcachetable` makes the table.
CACHES = {
    'default': {
        'BACKEND': 'django.core.cache.backends.db.DatabaseCache',
        'LOCATION': 'cache',
    },
}
