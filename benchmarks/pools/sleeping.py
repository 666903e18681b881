"""Copied beside the manage.py of a project under measurement: a task that waits, and says so."""

import time

from celery import shared_task
from redis import Redis

DONE = "sleeping:done"


@shared_task(ignore_result=True)
def sleep_for_a_second() -> None:
    """Wait for a second, then count."""
    from django.conf import settings

    time.sleep(1)
    with Redis.from_url(settings.CELERY_BROKER_URL) as client:
        client.incr(DONE)
