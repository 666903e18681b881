import asyncio
import logging
from threading import local
from time import sleep
from uuid import uuid4

from celery import shared_task
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from redis.exceptions import RedisError

from .claims import LAST_STATUS, LIFETIME, claim, release

GROUP = 'status'

logger = logging.getLogger(__name__)

# An event loop belongs to one thread. Each thread of the worker keeps its own.
kept = local()


@shared_task(bind=True)
def send_status(self, message=''):
    print('Sending status...')
    print(message)
    for percent in range(0, 100, 20):
        self.update_state(state='PROGRESS', meta={'percent': percent})
        sleep(1)
    return 'RUNNING'


def group_send(group, message):
    # async_to_sync would open a new loop each time, and with it a new connection to Redis.
    if not hasattr(kept, 'runner'):
        kept.runner = asyncio.Runner()
    kept.runner.run(get_channel_layer().group_send(group, message))


def broadcast(status):
    # Keep it before it is sent: who connects in between reads it here.
    cache.set(LAST_STATUS, status, LIFETIME)
    # Rendered once here, and not by each visitor's consumer.
    html = render_to_string('status/partials/current_status.html', {'status': status})
    message = {'type': 'send_status', 'status': status, 'html': html}
    group_send(GROUP, message)


@shared_task(bind=True)
def send_status_periodically(self, num_iterations=5):
    for iteration in range(num_iterations):
        if iteration > 0:
            sleep(settings.STATUS_INTERVAL)
        try:
            if not claim(self.request.id):
                return 'Another run goes on'
            broadcast(['RUNNING', 'FINISHED'][iteration % 2])
        except RedisError:
            # This status is lost. The next one says everything again.
            logger.warning('Redis does not answer: a status was not sent')
    release(self.request.id)


def start_run():
    """Start a run, unless one goes on."""
    run_id = str(uuid4())
    # Claim before sending: of two visitors at the same moment one wins.
    if not claim(run_id):
        return
    try:
        send_status_periodically.apply_async(task_id=run_id)
    except Exception:
        # Nobody will run it: give the claim back, whatever went wrong.
        release(run_id)
        raise
