"""Projects that look different from step 05's snapshot and are as right: every check holds."""

import pytest

from tests.support.edited_projects import Appending, Edit, Variant, every_check_holds
from tests.support.lock_before_sending import CLAIMS, CONSUMERS, LOCK_BEFORE_SENDING, TASKS
from tests.support.plain_settings import CORE_LAYER, all_together, package_from_environ, without

PROCFILE = "Procfile"
SYNC_CONSUMERS = """
from asgiref.sync import async_to_sync
from channels.generic.websocket import JsonWebsocketConsumer
from django.core.cache import cache
from django.template.loader import render_to_string

from .tasks import GROUP, LAST_STATUS, send_status_periodically


class Ticker(JsonWebsocketConsumer):
    groups = [GROUP]

    def connect(self):
        self.accept()
        send_status_periodically.delay()
        status = cache.get(LAST_STATUS)
        if status:
            self.send_status({'status': status})

    def send_status(self, event):
        self.send(render_to_string('status/partials/current_status.html', event))
"""
SYNC_ROUTING = """
from django.urls import path

from .consumers import Ticker

websocket_urlpatterns = [path('ws/status', Ticker.as_asgi())]
"""
# Another lock: Django's cache has one word for it.
REDIS_LOCK = """    lock = redis.lock('status-run', timeout=LOCK_LIFETIME)
    if not lock.acquire(blocking=False):
"""
CACHE_LOCK = """    if not cache.add('status-run', True, LOCK_LIFETIME):
"""
# A run that looks at its argument before it takes the lock, and sleeps after each status.
LOOP = """            if iteration > 0:
                sleep(settings.STATUS_INTERVAL)
                # It lives for one more lifetime from now on.
                lock.reacquire()
            broadcast(['RUNNING', 'FINISHED'][iteration % 2])
"""
SLEEPS_AFTERWARDS = """            lock.reacquire()
            broadcast(['RUNNING', 'FINISHED'][iteration % 2])
            sleep(settings.STATUS_INTERVAL)
"""
# The lock and the last status, as a row of the database.
MODELS = """class Run(models.Model):
    name = models.CharField(max_length=20, primary_key=True)
    run_id = models.CharField(max_length=40, default='')
    ends_at = models.FloatField(default=0)
    status = models.CharField(max_length=20, default='')
"""
MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [('status', '0001_initial')]
    operations = [
        migrations.CreateModel('Run', [
            ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
            ('run_id', models.CharField(max_length=40, default='')),
            ('ends_at', models.FloatField(default=0)),
            ('status', models.CharField(max_length=20, default='')),
        ]),
    ]
"""
ROW_CLAIMS = """
from time import time

from django.conf import settings
from django.db.models import Q

from .models import Run

LIFETIME = 3 * settings.STATUS_INTERVAL


def claim(run_id):
    Run.objects.get_or_create(name='only')
    mine = Run.objects.filter(Q(ends_at__lt=time()) | Q(run_id=run_id))
    return mine.update(run_id=run_id, ends_at=time() + LIFETIME) > 0


def release(run_id):
    Run.objects.filter(run_id=run_id).update(ends_at=0)


def keep(status):
    Run.objects.update(status=status)


def last_status():
    return Run.objects.filter(ends_at__gt=time()).values_list('status', flat=True).first()
"""

VARIANTS = [
    Variant("solo", Edit(PROCFILE, "-P threads -c 10", "-P solo")),
    Variant(
        "a sync consumer of another name",
        Edit(CONSUMERS, "", SYNC_CONSUMERS),
        Edit("status/routing.py", "", SYNC_ROUTING),
    ),
    Variant(
        "lock and status in the database",
        *LOCK_BEFORE_SENDING,
        Appending("status/models.py", MODELS),
        Edit("status/migrations/0002_run.py", "", MIGRATION),
        Edit(CLAIMS, "", ROW_CLAIMS),
        without("CACHES"),
        Edit("status/tests.py", "", "from django.core.cache import cache\n\ncache.clear()\n"),
        Edit(TASKS, "from django.core.cache import cache\n", ""),
        Edit(TASKS, "import LAST_STATUS, LIFETIME, claim, release", "import claim, keep, release"),
        Edit(TASKS, "cache.set(LAST_STATUS, status, LIFETIME)", "keep(status)"),
        Edit(CONSUMERS, "from django.core.cache import cache\n", ""),
        Edit(CONSUMERS, "import LAST_STATUS", "import last_status"),
        Edit(CONSUMERS, "cache.aget(LAST_STATUS)", "sync_to_async(last_status)()"),
        Edit(CONSUMERS, "if status is not None:", "if status:"),
    ),
    Variant("the lock is taken in the cache, before the task is sent", *LOCK_BEFORE_SENDING),
    Variant(
        "the task takes a lock in the cache",
        Edit(TASKS, REDIS_LOCK, CACHE_LOCK),
        Edit(TASKS, "lock.reacquire()", "cache.touch('status-run', LOCK_LIFETIME)"),
        Edit(TASKS, "lock.release()", "cache.delete('status-run')"),
    ),
    Variant(
        "settings in a package, read from os.environ, on prefork",
        *package_from_environ(5),
        Edit(PROCFILE, "-P threads -c 10", ""),
    ),
]


# Prefork comes with the settings in a package, and the core layer as a variant of step 04.
REST = [
    Variant(
        "the task looks at its argument first, and sleeps after each status",
        Edit(TASKS, REDIS_LOCK, f"    num_iterations = int(num_iterations)\n{REDIS_LOCK}"),
        Edit(TASKS, LOOP, SLEEPS_AFTERWARDS),
    ),
    Variant("prefork", Edit(PROCFILE, "-P threads -c 10", "-c 4")),
    Variant("the core layer", CORE_LAYER),
]


# Those that change other things run as one project, one with plain settings too; the
# long rounds take each by itself.
SOLO, SYNC_CONSUMER, IN_DATABASE, _BEFORE_SENDING, IN_CACHE, PACKAGED = VARIANTS

# The database's variant takes its lock before sending as well.
test_variant = every_check_holds(
    5,
    [
        SYNC_CONSUMER.beside(IN_CACHE).beside(PACKAGED),
        IN_DATABASE.beside(SOLO).beside(all_together(5)),
    ],
)
test_single = pytest.mark.long(every_check_holds(5, [*VARIANTS, *REST]))
