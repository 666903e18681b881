"""Mistakes of the lesson robust, each reported first by the check meant for it."""

import pytest

from tests.support.edited_projects import Edit, Mistake, reported_first

SETTINGS, ROUTING, LIVE_JS = "config/settings.py", "status/routing.py", "static/live.js"
CONSUMERS, TASKS, VIEWS = "status/consumers.py", "status/tasks.py", "status/views.py"
TASK = "templates/status/partials/task.html"

FINALLY = """        finally:
            # Whatever ended the connection: disconnect() is not called after every error.
            with suppress(RedisError):
                await self.leave()
"""
ON_DISCONNECT = """    async def disconnect(self, close_code):
        await self.leave()

    async def leave(self):
"""
FROM_CACHE = "        with suppress(RedisError):\n            status = await cache"
OWN_CHANNEL = """        if self.channel_name in self.channel_layer.channels:
            with suppress(TimeoutError):
                async with asyncio.timeout(0):
                    while True:
                        await self.channel_layer.receive(self.channel_name)
"""
NOT_STORED = "return render(request, 'status/partials/not_stored.html', status=503)"
ROW = "A row that can’t be stored"
ON_OPENING = """    except (DatabaseError, UpdateError) as error:
        logger.error('A visitor was not stored: %r', error)
        return render(request, 'not_stored.html', status=503)
"""
ON_SENDING = f"""    except (DatabaseError, UpdateError) as error:
        logger.error('The id of a task was not stored: %r', error)
        {NOT_STORED}
"""
LAST_UPDATE = "(result.date_done or task.sent_at)"
SYNC = "CELERY_BEAT_SYNC_EVERY = 1"
TWICE = "test_a_killed_beat_sends_nothing_twice"
SENT_TWICE = ("sent a second time", "after how many tasks does beat store")

MISTAKES = [
    Mistake(
        "Celery's exception is caught, and Redis' own is not",
        "test_redis_is_down_while_a_page_connects",
        ("status 500", "what if Redis does not answer", "ConnectionError"),
        Edit(CONSUMERS, "except (OperationalError, RedisError):", "except OperationalError:"),
    ),
    Mistake(
        "whoever meets an error of the cache stays in the group",
        "test_an_error_on_connecting_leaves_no_member",
        ("1 member left", "once the visitor is in the group?"),
        Edit(CONSUMERS, FINALLY, ""),
        Edit(CONSUMERS, "    async def leave(self):\n", ON_DISCONNECT),
        Edit(CONSUMERS, FROM_CACHE, FROM_CACHE.replace("with suppress(RedisError):", "if True:")),
    ),
    Mistake(
        "a run dies where Redis is down",
        "test_a_run_outlives_a_restart_of_redis",
        ("no status within 15 s", "ConnectionError", "what if sending one status raises?"),
        Edit(TASKS, "            except RedisError:", "            except ZeroDivisionError:"),
    ),
    Mistake(
        "a run ends whose lock Redis has forgotten",
        "test_a_run_outlives_a_restart_of_redis",
        ("no status within 15 s",),
        Edit(TASKS, "        return lock.acquire(blocking=False)\n", "        return False\n"),
    ),
    Mistake(
        "who meets an error of the consumer's own stays in the group",
        "test_an_error_of_the_consumer_leaves_no_member",
        ("a member left", "ends with an error?", "robust, A consumer that ends with an error"),
        Edit(CONSUMERS, FINALLY, ""),
        Edit(CONSUMERS, "    async def leave(self):\n", ON_DISCONNECT),
    ),
    Mistake(
        "the visitor's own channel is kept",
        "test_who_leaves_leaves_nothing_behind",
        ("no member of the group and", "own channels left behind", "channel back to the layer"),
        Edit(CONSUMERS, OWN_CHANNEL, ""),
    ),
    Mistake(
        "a visitor who leaves is an error",
        "test_who_leaves_leaves_nothing_behind",
        ("looked into the server's log", "has just left?", "Disconnected"),
        Edit(CONSUMERS, "with suppress(Disconnected, OSError):", "with suppress(OSError):"),
    ),
    Mistake(
        "a row that can't be stored is an error of the server",
        "test_a_row_that_cannot_be_stored_is_reported",
        ("POST /check-status/ from htmx", "status 500", "database is locked", ROW),
        Edit(VIEWS, f"        {NOT_STORED}", "        raise"),
    ),
    Mistake(
        "the session is stored after the view",
        "test_a_row_that_cannot_be_stored_is_reported",
        ("GET /, as a new visitor", "status 500", "where is a row or the session stored", ROW),
        Edit(VIEWS, "        request.session.save()\n", ""),
    ),
    Mistake(
        "the report is a page in the page",
        "test_a_row_that_cannot_be_stored_is_reported",
        ("status 503", "a whole page"),
        Edit(VIEWS, "'status/partials/not_stored.html'", "'not_stored.html'"),
        is_golden=True,
    ),
    Mistake(
        "there is no last route",
        "test_an_unknown_path_is_refused",
        ("status 500", "No route found for path", ROUTING),
        Edit(ROUTING, "    re_path('', refuse),\n", ""),
    ),
    Mistake(
        "a refused connection alone is caught",
        "test_a_redis_that_refuses_is_reported",
        ("READONLY", "status 500", "status 503"),
        Edit(VIEWS, "except OperationalError:", "except ConnectionRefusedError:"),
    ),
    Mistake(
        "the heart does not beat",
        "test_a_quiet_page_is_sent_a_heartbeat",
        ("watched it for 30 s", "nothing came", "what is sent where no status is?"),
        Edit(
            CONSUMERS,
            "        self.heartbeat = asyncio.create_task(self.send_heartbeats())\n",
            "",
        ),
    ),
    Mistake(
        "the heart beats for those who have left",
        "test_no_heartbeat_goes_on_for_nobody",
        ("3 tasks more", "StatusConsumer.send_heartbeats", "what ends the task"),
        Edit(CONSUMERS, "        if self.heartbeat:\n            self.heartbeat.cancel()\n", ""),
    ),
    Mistake(
        "the page waits for five minutes",
        "test_a_silent_network_is_noticed_in_a_browser",
        ("the page kept its websocket", LIVE_JS, "who notices that no heartbeat came?"),
        Edit(LIVE_JS, "SILENT_MS = 30000", "SILENT_MS = 300000"),
        is_golden=True,
    ),
    Mistake(
        "nobody asks for the worker",
        "test_silence_is_asked_about",
        ("still “", "the template of the fragment: which question", "A started task that goes"),
        Edit(TASK, "Is the worker still running?", "Patience."),
    ),
    Mistake(
        "beat notes what it has sent every three minutes",
        TWICE,
        SENT_TWICE,
        Edit(SETTINGS, f"{SYNC}\n", ""),
    ),
    Mistake(
        "only the database's own exception is caught where the session is stored",
        "test_a_row_that_cannot_be_stored_is_reported",
        (
            "as a visitor who has a session",
            "status 500",
            "UpdateError",
            "what can that raise?",
            ROW,
        ),
        Edit(
            VIEWS, ON_OPENING, ON_OPENING.replace("(DatabaseError, UpdateError)", "DatabaseError")
        ),
    ),
    Mistake(
        "the worker is doubted so long after the click, however often it tells its progress",
        "test_silence_is_asked_about",
        ("after the last update already “", "when was the last update", "that goes silent"),
        Edit(VIEWS, LAST_UPDATE, "task.sent_at"),
    ),
]
# Near relations of the above.
MORE = [
    Mistake(
        "the worker is doubted at once",
        "test_silence_is_asked_about",
        ("already “", "after 10 s"),
        Edit(VIEWS, "timedelta(seconds=10)", "timedelta(seconds=1)"),
    ),
    Mistake(
        "the page gives up without coming back",
        "test_a_silent_network_is_noticed_in_a_browser",
        ("the page kept its websocket",),
        Edit(LIVE_JS, "    detail.socketWrapper.reconnect();\n", ""),
    ),
    Mistake(
        "only the session's own exception is caught where the session is stored",
        "test_a_row_that_cannot_be_stored_is_reported",
        ("GET /, as a new visitor", "status 500", "database is locked", ROW),
        Edit(VIEWS, ON_OPENING, ON_OPENING.replace("(DatabaseError, UpdateError)", "UpdateError")),
    ),
    Mistake(
        "only the session's own exception is caught where the row is stored",
        "test_a_row_that_cannot_be_stored_is_reported",
        ("POST /check-status/ from htmx", "status 500", "database is locked", ROW),
        Edit(VIEWS, ON_SENDING, ON_SENDING.replace("(DatabaseError, UpdateError)", "UpdateError")),
    ),
    *(
        Mistake(name, TWICE, SENT_TWICE, Edit(SETTINGS, SYNC, f"CELERY_BEAT_SYNC_EVERY = {tasks}"))
        for name, tasks in {
            "beat notes what it has sent after each sixty tasks": 60,
            "beat notes what it has sent after every second task": 2,
            "beat shall note what it has sent after no task at all": 0,
        }.items()
    ),
]

test_mistake = reported_first("robust", MISTAKES)
test_near_relation = pytest.mark.long(reported_first("robust", MORE, by_whole_step=False))
