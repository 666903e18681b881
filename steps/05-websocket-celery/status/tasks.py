from math import ceil
from time import sleep

from asgiref.sync import async_to_sync
from celery import shared_task
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.cache import cache
from redis import Redis

GROUP = 'status'
LAST_STATUS = 'last-status'

# Seconds after which the lock of a killed run expires.
LOCK_LIFETIME = ceil(3 * settings.STATUS_INTERVAL)

redis = Redis.from_url(settings.CELERY_BROKER_URL)


@shared_task(bind=True)
def send_status(self, message=''):
    print('Sending status...')
    print(message)
    for percent in range(0, 100, 20):
        self.update_state(state='PROGRESS', meta={'percent': percent})
        sleep(1)
    return 'RUNNING'


def broadcast(status):
    # Keep it before sending it: a visitor who connects in between reads it there.
    cache.set(LAST_STATUS, status, LOCK_LIFETIME)
    message = {'type': 'send_status', 'status': status}
    async_to_sync(get_channel_layer().group_send)(GROUP, message)


# Each visitor sends one. A message that waited longer than a lock lives is out of date.
@shared_task(expires=LOCK_LIFETIME, ignore_result=True)
def send_status_periodically(num_iterations=5):
    # Whoever holds the lock is the run. https://redis.readthedocs.io/en/stable/lock.html
    lock = redis.lock('status-run', timeout=LOCK_LIFETIME)
    if not lock.acquire(blocking=False):
        return 'Another run goes on'
    try:
        for iteration in range(num_iterations):
            if iteration > 0:
                sleep(settings.STATUS_INTERVAL)
                # It lives for one more lifetime from now on.
                lock.reacquire()
            broadcast(['RUNNING', 'FINISHED'][iteration % 2])
    finally:
        lock.release()
