"""Mistakes of step 05, each reported first by the check meant for it."""

from tests.support.edited_projects import Edit, Mistake, reported_first
from tests.support.lock_before_sending import (
    CLAIMS,
    CONSUMERS,
    LOCK_BEFORE_SENDING,
    RELEASE_ON_ERROR,
    SEND,
    START,
    TASKS,
)
from tests.support.plain_settings import PROCFILE, SETTINGS, without

INTERVAL = "STATUS_INTERVAL = config('STATUS_INTERVAL', default=5, cast=float)"
GREETING = """        if status is not None:
            await self.send_status({'status': status})
"""
ACQUIRE = """    if not lock.acquire(blocking=False):
        return 'Another run goes on'
"""
TRY = "    try:\n        for iteration"
TRY_LOOP = "        for iteration in range(num_iterations):\n"
SLEEP = """            if iteration > 0:
                sleep(settings.STATUS_INTERVAL)
                # It lives for one more lifetime from now on.
                lock.reacquire()
"""
RENEW = """                # It lives for one more lifetime from now on.
                lock.reacquire()
"""
FINALLY = "    finally:\n        lock.release()\n"
NAME_AND_LIFETIME = "redis.lock('status-run', timeout=LOCK_LIFETIME)"
SOLO = Edit(PROCFILE, "-P threads -c 10", "-P solo")
GUIDE_CONSUMERS = """
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.template.loader import render_to_string

from status.tasks import send_status_periodically


class StatusConsumer(AsyncJsonWebsocketConsumer):
    async def connect(self):
        print("*" * 50)
        print("You are connected to websocket")
        self.group_name = 'status'
        # accept connection
        await self.accept()

        # Join conversation group
        await self.channel_layer.group_add(
            self.group_name,
            self.channel_name
        )  # adding the client/channel to the group

        # Send status to the client
        send_status_periodically.delay()

    async def send_status(self, event):
        # Send message to WebSocket
        status = event['status']
        print("Sending status to websocket...", status)
        html = render_to_string("status/partials/current_status.html", {"status": status})
        # Send HTML response via WebSocket
        await self.send(text_data=html)

    async def disconnect(self, close_code):
        # Leave conversation group
        await self.channel_layer.group_discard(
            self.group_name,
            self.channel_name
        )
"""
GUIDE_TASKS = """
import time
from time import sleep

from asgiref.sync import async_to_sync
from celery import shared_task
from channels.layers import get_channel_layer


@shared_task
def send_status(message=""):
    print("Sending status...")
    print(message)
    sleep(2)
    return "RUNNING"


@shared_task
def send_status_periodically(num_iterations=5):
    channel_layer = get_channel_layer()
    statuses = ['RUNNING', 'FINISHED']
    iteration = 0

    while iteration < num_iterations:
        status_index = iteration % 2
        status = statuses[status_index]
        async_to_sync(channel_layer.group_send)( # Send message to WebSocket
            'status',
            {
                'type': 'send_status',
                'status': status
            }
        )
        iteration += 1
        time.sleep(5)  # Sleep for 5 seconds before sending the next status
"""
GEVENT = Edit(PROCFILE, "-P threads", "-P gevent")
IN_ITS_OWN_SECONDS = Edit(TASKS, "sleep(settings.STATUS_INTERVAL)", "sleep(5)")

MISTAKES = [
    Mistake(
        "the last listing of the original guide, taken literally",
        "test_the_worker_logs_no_error",
        # Which error it is differs from run to run; both speak of an async context or event loop.
        ("errors, such as", "async", "Procfile, worker", "-P gevent", "worker's pool"),
        Edit(CONSUMERS, "", GUIDE_CONSUMERS),
        Edit(TASKS, "", GUIDE_TASKS),
        GEVENT,
    ),
    Mistake(
        "the last listing of the original guide on the right pool",
        "test_all_share_one_run",
        ("was sent", "RUNNING, RUNNING", "who takes the lock"),
        Edit(CONSUMERS, "", GUIDE_CONSUMERS),
        Edit(TASKS, "", GUIDE_TASKS),
    ),
    Mistake(
        "the worker is still on gevent",
        "test_the_worker_logs_no_error",
        ("SynchronousOnlyOperation", "Procfile, worker", "-P gevent", "Which pools"),
        GEVENT,
    ),
    Mistake(
        "the interval is no setting",
        "test_the_interval_follows_the_environment",
        ("there is no such setting", "STATUS_INTERVAL"),
        Edit(SETTINGS, INTERVAL, ""),
        Edit(TASKS, "3 * settings.STATUS_INTERVAL", "3 * 5"),
        IN_ITS_OWN_SECONDS,
    ),
    Mistake(
        "the interval is a string",
        "test_the_interval_follows_the_environment",
        ("the string '1'", "what converts it to a number?"),
        Edit(SETTINGS, INTERVAL, "STATUS_INTERVAL = config('STATUS_INTERVAL', default=5)"),
        Edit(TASKS, "3 * settings.STATUS_INTERVAL", "3 * float(settings.STATUS_INTERVAL)"),
    ),
    Mistake(
        "the interval is text",
        "test_django_loads_your_project",
        ("STATUS_INTERVAL is a string", "config/settings.py, line", "05, Set the interval"),
        Edit(SETTINGS, "default=5, cast=float", "default=5"),
    ),
    Mistake(
        "the task has an interval of its own",
        "test_a_run_keeps_the_interval",
        ("s from one status to the next", "what does it sleep for?"),
        Edit(TASKS, "3 * settings.STATUS_INTERVAL", "3 * 5"),
        IN_ITS_OWN_SECONDS,
    ),
    Mistake(
        "the task sleeps before the first status as well",
        "test_a_call_by_hand_reaches_the_page",
        ("the first status came after 1.", "status/tasks.py", "does its loop sleep?"),
        Edit(TASKS, SLEEP, "            if iteration > 0:\n                lock.reacquire()\n"),
        Edit(TASKS, TRY_LOOP, f"{TRY_LOOP}            sleep(settings.STATUS_INTERVAL)\n"),
    ),
    Mistake(
        "the cache is the one that Django has without a word",
        "test_the_cache_is_shared",
        ("LocMemCache: each process has one of its own", "status/consumers.py"),
        without("CACHES"),
    ),
    Mistake(
        "the cache's address is written down",
        "test_django_loads_your_project",
        ("CACHES['default'] is redis://localhost:6379", "05, Tell late visitors"),
        Edit(SETTINGS, "'LOCATION': CELERY_BROKER_URL", "'LOCATION': 'redis://localhost:6379'"),
    ),
    Mistake(
        "the task has another name",
        "test_the_worker_knows_the_task",
        ("it knows status.tasks.send_periodically, status.tasks.send_status",),
        Edit(TASKS, "def send_status_periodically", "def send_periodically"),
        Edit(CONSUMERS, "LAST_STATUS, send_status_periodically", "LAST_STATUS, send_periodically"),
        Edit(CONSUMERS, "send_status_periodically.delay", "send_periodically.delay"),
    ),
    Mistake(
        "the consumer raises on connecting",
        "test_five_visitors_stay_connected",
        ("code 1011", "TypeError", "consumers.py"),
        Edit(CONSUMERS, "await cache.aget(LAST_STATUS)", "await cache.get(LAST_STATUS)"),
    ),
    Mistake(
        "the task raises",
        "test_the_worker_logs_no_error",
        ("NameError", "status/tasks.py"),
        Edit(TASKS, "{'type': 'send_status', 'status': status", "{'type': kind, 'status': status"),
    ),
    Mistake(
        "a message that waited too long is worked on",
        "test_all_share_one_run",
        ("was sent", "what happens to a message that waits meanwhile?"),
        Edit(TASKS, "expires=LOCK_LIFETIME, ", ""),
        SOLO,
    ),
    Mistake(
        "the lock is waited for",
        "test_all_share_one_run",
        ("was sent", "who takes the lock"),
        Edit(TASKS, "lock.acquire(blocking=False)", "lock.acquire()"),
    ),
    Mistake(
        "the lock is waited for, long enough for one of all",
        "test_all_share_one_run",
        ("was sent", "who takes the lock"),
        Edit(
            TASKS,
            "lock.acquire(blocking=False)",
            "lock.acquire(blocking_timeout=4.5 * settings.STATUS_INTERVAL)",
        ),
    ),
    Mistake(
        "each visitor has a lock",
        "test_all_share_one_run",
        ("was sent", "RUNNING, RUNNING", "who takes the lock"),
        Edit(TASKS, "@shared_task(expires", "@shared_task(bind=True, expires"),
        Edit(TASKS, "(num_iterations=5)", "(self, num_iterations=5)"),
        Edit(TASKS, "redis.lock('status-run'", "redis.lock(f'run-{self.request.id}'"),
    ),
    Mistake(
        "the lock is asked for without looking at the answer",
        "test_all_share_one_run",
        ("was sent", "who takes the lock"),
        Edit(TASKS, ACQUIRE, "    is_owner = lock.acquire(blocking=False)\n"),
        Edit(TASKS, "lock.reacquire()", "is_owner and lock.reacquire()"),
        Edit(TASKS, FINALLY, "    finally:\n        if is_owner:\n            lock.release()\n"),
    ),
    Mistake(
        "the lock is not renewed",
        "test_the_worker_logs_no_error",
        ("LockNotOwnedError", "status/tasks.py"),
        Edit(TASKS, RENEW, ""),
    ),
    Mistake(
        "the lock is not renewed, and its end is no error",
        "test_all_share_one_run",
        ("was sent", "who takes the lock"),
        Edit(TASKS, RENEW, ""),
        Edit(TASKS, "lock.release()", "redis.delete('status-run')"),
    ),
    Mistake(
        "a task without the lock releases it",
        "test_the_worker_logs_no_error",
        ("LockError", "status/tasks.py"),
        Edit(TASKS, ACQUIRE, ""),
        Edit(
            TASKS,
            TRY,
            "    try:\n        if not lock.acquire(blocking=False):\n            return\n"
            "        for iteration",
        ),
    ),
    Mistake(
        "the lock is not released",
        "test_a_call_by_hand_reaches_the_page",
        ("an open page was sent nothing",),
        Edit(TASKS, FINALLY, "    finally:\n        print('A run is over')\n"),
    ),
    Mistake(
        "nobody sends the task",
        "test_five_visitors_see_the_run",
        ("visitor 1 was sent nothing", "does it send the task"),
        Edit(CONSUMERS, SEND, ""),
    ),
    Mistake(
        "the run has no end",
        "test_five_visitors_see_the_run",
        ("RUNNING, FINISHED, RUNNING, FINISHED, RUNNING, FINISHED", "how often?"),
        Edit(TASKS, "in range(num_iterations)", "in range(999)"),
    ),
    Mistake(
        "the run begins with the other status",
        "test_five_visitors_see_the_run",
        (
            "expected RUNNING, FINISHED, RUNNING, FINISHED, RUNNING",
            "what does it send to the group",
        ),
        Edit(TASKS, "['RUNNING', 'FINISHED']", "['FINISHED', 'RUNNING']"),
    ),
    Mistake(
        "late visitors are sent nothing",
        "test_a_late_visitor_is_sent_the_status",
        ("expected FINISHED within 1 s", "learn the current status, and send it?"),
        Edit(CONSUMERS, GREETING, ""),
        is_golden=True,
    ),
    Mistake(
        "the task is sent on the event loop",
        "test_a_held_up_task_holds_up_nobody_else",
        ("sending the task", "GET /", "no answer within 3 s", "event loop?"),
        Edit(CONSUMERS, SEND, "        send_status_periodically.delay()\n"),
        is_golden=True,
    ),
    Mistake(
        "the lock is taken on the event loop",
        "test_a_held_up_task_holds_up_nobody_else",
        ("taking the lock", "event loop?"),
        *LOCK_BEFORE_SENDING,
        Edit(CONSUMERS, START, "        start_run()\n"),
    ),
    Mistake(
        "the lock is kept where the task can't be sent",
        "test_the_lock_is_released",
        ("no task was sent for it", "if sending the task raises?"),
        *LOCK_BEFORE_SENDING,
        Edit(TASKS, RELEASE_ON_ERROR, ""),
        is_golden=True,
    ),
    Mistake(
        "the task takes no number",
        "test_a_call_by_hand_reaches_the_page",
        ("an open page was sent nothing", "num_iterations=2", "TypeError"),
        Edit(TASKS, "(num_iterations=5)", "()"),
        Edit(TASKS, "range(num_iterations)", "range(5)"),
    ),
    Mistake(
        "the lock has no lifetime",
        "test_the_lock_of_a_killed_run_expires",
        ("no run within", "how long does it last"),
        Edit(TASKS, NAME_AND_LIFETIME, "redis.lock('status-run')"),
        Edit(TASKS, RENEW, ""),
    ),
    Mistake(
        "a lock taken before sending holds for ever unless it is released",
        "test_the_lock_of_a_killed_run_expires",
        ("no run within", "how long does it last"),
        *LOCK_BEFORE_SENDING,
        Edit(CLAIMS, "cache.add(CLAIM, run_id, LIFETIME)", "cache.add(CLAIM, run_id, None)"),
        Edit(CLAIMS, " and cache.touch(CLAIM, LIFETIME)", ""),
    ),
    Mistake(
        "the lock of a run that fails is not released",
        "test_a_failed_run_releases_the_lock",
        ("num_iterations='two'", "no status within 6 s", "after any error?"),
        Edit(TASKS, FINALLY, "    except ZeroDivisionError:\n        pass\n    lock.release()\n"),
    ),
    Mistake(
        "the lock is released after errors of Redis alone",
        "test_a_failed_run_releases_the_lock",
        ("num_iterations='two'", "after any error?"),
        Edit(
            TASKS,
            FINALLY,
            "    except RedisError:\n        lock.release()\n        raise\n    lock.release()\n",
        ),
        Edit(TASKS, "from redis import Redis\n", "from redis import Redis, RedisError\n"),
    ),
    Mistake(
        "a message waits for ever",
        "test_a_stale_message_is_discarded",
        ("they never expire", "how long is such a message of use?", "05, One run at a time"),
        Edit(TASKS, "expires=LOCK_LIFETIME, ", ""),
    ),
    Mistake(
        "the last status is kept for ever",
        "test_a_late_visitor_is_sent_the_status",
        (
            "without an end: a later visitor",
            "which argument of cache.set",
            "05, Tell late visitors",
        ),
        Edit(TASKS, "status, LOCK_LIFETIME)", "status, None)"),
    ),
    Mistake(
        "the last status is kept as long as Django likes",
        "test_a_late_visitor_is_sent_the_status",
        ("seconds more: a later visitor", "which argument of cache.set", "Tell late visitors"),
        Edit(TASKS, "status, LOCK_LIFETIME)", "status)"),
    ),
    Mistake(
        "a late visitor is greeted after being told",
        "test_a_late_visitor_is_sent_the_status",
        ("FINISHED, and right after it RUNNING, which no other page", "status/consumers.py"),
        Edit(
            CONSUMERS,
            GREETING,
            # The first five come while it is RUNNING: nothing else is wrong for them.
            f"{GREETING}            if status == 'FINISHED':\n"
            "                await self.send_status({'status': 'RUNNING'})\n",
        ),
    ),
    Mistake(
        "the page says nothing of its websocket",
        "test_the_page_says_whether_it_is_connected",
        ("before and after", "templates/live.html: does it load static/live.js?"),
        Edit("templates/live.html", """<script src="{% static 'live.js' %}"></script>\n""", ""),
    ),
    Mistake(
        "after a close nobody connects again",
        "test_the_page_connects_again",
        ("websocket with 1001, as a proxy may", "no other one within", "after the other codes?"),
        Edit("static/live.js", "setTimeout(detail.socketWrapper.reconnect, ", "console.log("),
    ),
    Mistake(
        "the page does not open the websocket",
        "test_a_browser_shows_the_run",
        ("no element with ws-connect", 'one with ws-connect="/ws/status"'),
        Edit("templates/live.html", ' ws-connect="/ws/status"', ""),
    ),
]


# Of a whole step, the call by hand reaches no page before: its section comes first.
ONLY_SLOT = [
    Mistake(
        "a task that never ends holds the only slot",
        "test_other_tasks_succeed",
        ("of them have no result", "-c 1"),
        Edit(TASKS, "        lock.release()\n", "        lock.release()\n        sleep(900)\n"),
        Edit(PROCFILE, "-c 10", "-c 1"),
    ),
]

# Each is found as another one is.
test_mistake = reported_first(5, MISTAKES)
test_only_slot = reported_first(5, ONLY_SLOT, by_whole_step=False)
