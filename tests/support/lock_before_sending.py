"""Another way to step 05's lock: taken in the cache, by whoever connects, before the task is sent.

The run renews it as its owner. `LOCK_BEFORE_SENDING` makes it of the snapshot, whose task takes a
lock of redis-py's.
"""

from tests.support.edited_projects import Edit, Substituted

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
PERIODICALLY = """\
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
IMPORTS = "from time import sleep\nfrom uuid import uuid4\n"
FROM_CLAIMS = """
from .claims import LAST_STATUS, LIFETIME, claim, release

GROUP = 'status'
"""
LOCK_BEFORE_SENDING = (
    Edit(CLAIMS, "", CLAIMS_MODULE),
    Edit(TASKS, "from math import ceil\nfrom time import sleep\n", IMPORTS),
    Substituted(TASKS, r"^from redis(?s:.*)^redis = .*\n", FROM_CLAIMS),
    Edit(TASKS, "(LAST_STATUS, status, LOCK_LIFETIME)", "(LAST_STATUS, status, LIFETIME)"),
    Substituted(TASKS, r"^# Each visitor sends one\.(?s:.*)", PERIODICALLY),
    Edit(
        CONSUMERS,
        "from .tasks import GROUP, LAST_STATUS, send_status_periodically",
        "from .claims import LAST_STATUS\nfrom .tasks import GROUP, start_run",
    ),
    Edit(CONSUMERS, SEND, START),
)
