"""Copied beside the manage.py of a project under measurement, together with a sending.py.

A worker that runs with `-I load_task -Q measured` works on nothing but this task: what the project
itself enqueues when a visitor comes waits in its own queue, and sends nothing in between.
"""

import time
from collections.abc import Iterator

from celery import shared_task
from redis import Redis

GO = "measured:go"
PATIENCE_SECONDS = 600


def each_stamp(redis_url: str) -> Iterator[int]:
    """Yield the moment (nanoseconds of time.monotonic) each time the benchmark asks for a status.

    On Linux that clock is one for all processes. Ends when nobody asked for ten minutes.
    """
    # redis-py gives up on an answer after five seconds, and waiting is the point here.
    with Redis.from_url(redis_url, socket_timeout=None) as client:
        while client.blpop(GO, PATIENCE_SECONDS):
            yield time.monotonic_ns()


@shared_task(ignore_result=True)
def send_on_demand() -> None:
    """Send a status, with the moment of its sending, each time the benchmark asks for one."""
    from django.conf import settings
    from sending import send

    for stamp in each_stamp(settings.CELERY_BROKER_URL):
        send(stamp)
