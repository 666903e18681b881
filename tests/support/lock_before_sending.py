"""Another way to step 05's lock: taken in the cache, by whoever connects, before the task is sent.

The run renews it as its owner. `LOCK_BEFORE_SENDING` makes it of the snapshot, whose task takes a
lock of redis-py's.
"""

from tests.support.edited_projects import Edit

CLAIMS, CONSUMERS, TASKS = "status/claims.py", "status/consumers.py", "status/tasks.py"
SEND = "        await sync_to_async(send_status_periodically.delay, thread_sensitive=False)()\n"
START = "        await sync_to_async(start_run, thread_sensitive=False)()\n"
RELEASE_ON_ERROR = "        release(run_id)\n"

CLAIMS_MODULE = """
from math import ceil

from django.conf import settings
from django.core.cache import cache

CLAIM = 'status-run'
LAST_STATUS = 'status-last'
LIFETIME = ceil(3 * settings.STATUS_INTERVAL)


def claim(run_id):
    if cache.add(CLAIM, run_id, LIFETIME):
        return True
    return cache.get(CLAIM) == run_id and cache.touch(CLAIM, LIFETIME)


def release(run_id):
    if cache.get(CLAIM) == run_id:
        cache.delete(CLAIM)
"""
TASKS_MODULE = """
from time import sleep
from uuid import uuid4

from asgiref.sync import async_to_sync
from celery import shared_task
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.cache import cache

from .claims import LAST_STATUS, LIFETIME, claim, release

GROUP = 'status'


@shared_task(bind=True)
def send_status(self, message=''):
    print('Sending status...')
    print(message)
    for percent in range(0, 100, 20):
        self.update_state(state='PROGRESS', meta={'percent': percent})
        sleep(1)
    return 'RUNNING'


def broadcast(status):
    cache.set(LAST_STATUS, status, LIFETIME)
    message = {'type': 'send_status', 'status': status}
    async_to_sync(get_channel_layer().group_send)(GROUP, message)


@shared_task(bind=True)
def send_status_periodically(self, num_iterations=5):
    for iteration in range(num_iterations):
        if iteration > 0:
            sleep(settings.STATUS_INTERVAL)
        if not claim(self.request.id):
            return 'Another run goes on'
        broadcast(['RUNNING', 'FINISHED'][iteration % 2])
    release(self.request.id)


def start_run():
    run_id = str(uuid4())
    if not claim(run_id):
        return
    try:
        send_status_periodically.apply_async(task_id=run_id)
    except Exception:
        release(run_id)
        raise
"""
LOCK_BEFORE_SENDING = (
    Edit(CLAIMS, "", CLAIMS_MODULE),
    Edit(TASKS, "", TASKS_MODULE),
    Edit(
        CONSUMERS,
        "from .tasks import GROUP, LAST_STATUS, send_status_periodically",
        "from .claims import LAST_STATUS\nfrom .tasks import GROUP, start_run",
    ),
    Edit(CONSUMERS, SEND, START),
)
