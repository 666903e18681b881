"""What evidence of a failure is taken to mean: fed as text, without a project that is started.

The texts in `evidence/` were left behind by projects that were broken on purpose.
"""

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from checks.harness.diagnosis import explain as module
from checks.harness.diagnosis.causes import (
    CAUSES,
    CONSOLE,
    FRAMES,
    LAST_RESORT,
    LOCKED_TABLES,
    Cause,
)
from checks.harness.diagnosis.evidence import Evidence, of_page
from checks.harness.diagnosis.explain import Diagnosis, diagnose, explain
from checks.harness.diagnosis.startup import not_loaded
from checks.verdicts import NotYet
from tests.support.text_files import write_files

CAPTURED = Path(__file__).with_name("evidence")
VIEWS, TASKS, CONSUMERS = "status/views.py", "status/tasks.py", "status/consumers.py"
SETTINGS, INDEX = "config/settings.py", "templates/index.html"
BASE, CURRENT_STATUS = "templates/_base.html", "templates/status/partials/current_status.html"
ITS_OWN = "the place of the check's own"
OTHERWISE = f"{ITS_OWN}: and its question?"


def raised(error: str, *frames: tuple[str, int, str]) -> str:
    """Return a traceback as Python prints it: frames are a file, a line and what is written there.

    A library's frame comes first.
    """
    paths = [("/usr/lib/python3/library.py", 9, "call()")]
    paths += [(f"/home/me/work/{file}", line, code) for file, line, code in frames]
    lines = "".join(
        f'  File "{file}", line {line}, in f\n    {code}\n' for file, line, code in paths
    )
    return f"Traceback (most recent call last):\n{lines}{error}\n"


@dataclass(frozen=True)
class Fed:
    """Evidence by its name in `evidence/`, or as a text, and what must be said of it."""

    name: str
    seen: str
    look_at: str
    guide: str = ""
    text: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)  # the learner's files, by their paths
    causes: Sequence[Cause] = CAUSES

    def __str__(self) -> str:
        return self.name


def raising(
    name: str,
    error: str,
    look_at: str,
    guide: str = "",
    *,
    at: tuple[str, int, str] | None = None,
    sources: Mapping[str, str] | None = None,
) -> Fed:
    """Return an exception as evidence: raised `at` a frame of the learner's, told in its words."""
    text = raised(error, at) if at else raised(error)
    return Fed(name, error, look_at, guide, text, sources or {})


# What a database says of a result that is to be stored under no id.
NO_TASK_ID = {
    "SQLite": "NOT NULL constraint failed: django_celery_results_taskresult.task_id",
    "PostgreSQL": 'null value in column "task_id" of relation "django_celery_results_taskresult" '
    "violates not-null constraint",
    "MySQL": "(1048, \"Column 'task_id' cannot be null\")",
}
# Each symptom with the causes that are told apart: two at least.
SYMPTOMS = {
    "the start page is not 200": (
        Fed(
            "template_missing",
            "TemplateDoesNotExist: indx.html",
            "status/views.py, line 52: which file under templates/",
        ),
        Fed(
            "template_parent_missing",
            "TemplateDoesNotExist: _bas.html",
            "templates/index.html, line 1: which file",
            sources={INDEX: '{% extends "_bas.html" %}'},
        ),
        Fed(
            "template_dirs",
            "TemplateDoesNotExist: index.html",
            "config/settings.py, TEMPLATES: index.html is in your project",
            "02, Write the page",
            sources={INDEX: "<h1>Status</h1>"},
        ),
        Fed(
            "template_syntax",
            "TemplateSyntaxError: Invalid block tag on line 5: 'endif'",
            "templates/index.html, line 5: which tag is open there",
        ),
        Fed(
            "template_unclosed",
            "TemplateSyntaxError: Unclosed tag on line 2: 'block'",
            "templates/index.html, line 2: where does block end?",
        ),
        Fed(
            "template_tag_unknown",
            "TemplateSyntaxError: Invalid block tag on line 5: 'statc'",
            "templates/index.html, line 5: is the tag statc spelt right",
        ),
        Fed(
            "reverse",
            "NoReverseMatch: Reverse for 'chek_status' not found",
            "templates/index.html, line 5: which name=",
            "02, Add the URLs",
        ),
        Fed(
            "host",
            "DisallowedHost: Invalid HTTP_HOST header",
            "config/settings.py, ALLOWED_HOSTS: under which host",
            "01, Update settings.py",
        ),
        Fed(
            "raises_404",
            "the view index says that there is no such page",
            "status/views.py, line 2: when does it raise Http404?",
            sources={VIEWS: "\ndef index(request):\n    raise Http404"},
        ),
        Fed(
            "returns_none",
            "It returned None instead",
            "status/views.py, line 1: what does it return",
            sources={VIEWS: "def index(request):\n    render(request, 'index.html')"},
        ),
        Fed(
            "name_error",
            "NameError: name 'tomezone'",
            "status/views.py, line 52: is tomezone spelt",
        ),
        Fed(
            "view_arguments",
            "TypeError: index() takes 0 positional arguments but 1 was given",
            "status/views.py, line 1: which arguments",
            sources={VIEWS: "def index():\n    ..."},
        ),
        Fed(
            "context_processor",
            "ModuleNotFoundError: No module named 'status.context'",
            "config/settings.py, line 1: is it spelt right",
            sources={SETTINGS: "PROCESSORS = ['status.context.missing']"},
        ),
        Fed(
            "template_brace",
            "TemplateSyntaxError: Could not parse the remainder: '|upper x'",
            "templates/index.html, line 5: is every tag and brace of that line complete?",
            text="In template /home/me/work/templates/index.html, error at line 5\n"
            + raised(
                "django.template.exceptions.TemplateSyntaxError: Could not parse the remainder: "
                "'|upper x' from 'result|upper x'",
                (VIEWS, 9, "return render(request, 'index.html')"),
            ),
        ),
        Fed(
            "no_start_page",
            "none of your URL patterns matches the empty path",
            "status/urls.py: which pattern is the start page's",
            "02, Add the URLs",
            text="Page not found (404)\nThe empty path didn’t match any of these.",
        ),
        raising(
            "attribute_misspelt",
            "AttributeError: module 'django.shortcuts' has no attribute 'rendr'",
            "status/views.py, line 9: ",
            at=(VIEWS, 9, "return shortcuts.rendr(request, 'index.html')"),
        ),
        Fed("post_only", "its view takes no GET", "status/views.py: which methods"),
        Fed(
            "redirect_loop",
            "a redirect that leads to itself",
            "status/views.py: where does it redirect to?",
            text="no answer: Exceeded maximum allowed redirects.",
        ),
        Fed(
            "sleeps",
            "it is at “time.sleep(60)”",
            "status/views.py, line 53: what does it wait for?",
            text=raised("StillWaiting: it did not come to an end", (VIEWS, 53, "time.sleep(60)")),
        ),
    ),
    "a POST is not accepted": (
        Fed(
            "csrf",
            "CSRF cookie not set",
            "templates/index.html, the form: which tag",
            "02, Write the page",
        ),
        Fed(
            "origin_refused",
            "Origin checking failed",
            "config/settings.py, CSRF_TRUSTED_ORIGINS",
            text="Reason given for failure:\n"
            "Origin checking failed - https://a.example does not match any trusted origins.",
        ),
        Fed(
            "encode",
            "kombu.exceptions.EncodeError: Object of type WSGIRequest is not JSON serializable",
            "status/views.py, line 53: what is the task given?",
        ),
        raising(
            "answer_not_json",
            "TypeError: Object of type AsyncResult is not JSON serializable",
            "status/views.py, line 20: JSON has no AsyncResult: which part of it is to be written?",
            at=(VIEWS, 20, "return JsonResponse({'id': result})"),
        ),
        raising(
            "a task called like a function",
            "AttributeError: 'str' object has no attribute 'id'",
            "status/views.py, line 19: was the task sent with delay, or called like a function? "
            "A str has no id",
            "02, Execute the task in the view",
            at=(VIEWS, 19, "request.session['task_id'] = result.id"),
            sources={VIEWS: "result = send_status('payload')"},
        ),
        *(
            Fed(
                f"a task that reports is called like a function, on {database}",
                words[: len("NOT NULL constraint failed")],
                "status/views.py, line 1: is the task sent with delay, or called like a function?",
                "02, Execute the task in the view",
                text=raised(
                    f"django.db.utils.IntegrityError: {words}",
                    (TASKS, 11, "self.update_state(state='PROGRESS')"),
                ),
                sources={VIEWS: "result = send_status('payload')"},
            )
            for database, words in NO_TASK_ID.items()
        ),
        Fed(
            "delay_misspelt",
            "AttributeError: 'send_status' object has no attribute 'dely'",
            "status/views.py, line 53",
        ),
        Fed(
            "delay_arguments",
            "TypeError: send_status() takes from 1 to 2 positional arguments but 4 were given",
            "status/tasks.py, line 2: which arguments does it take",
            sources={TASKS: "@shared_task\ndef send_status(message=''):"},
        ),
        Fed(
            "no_sessions_app",
            "RuntimeError: Model class django.contrib.sessions.models.Session",
            "config/settings.py, INSTALLED_APPS: is the app of",
            "01, Update settings.py",
        ),
        raising(
            "no_session_middleware",
            "AttributeError: 'WSGIRequest' object has no attribute 'session'",
            "config/settings.py, MIDDLEWARE: which middleware gives a request its session?",
            at=(VIEWS, 9, "request.session"),
        ),
        Fed(
            "task_called",
            "the web server itself is at work on the task",
            "status/views.py, line 23: is the task sent to the queue, or called?",
            text=raised(
                "StillWaiting: it did not come to an end",
                (VIEWS, 23, "send_status.apply(['payload'])"),
                (TASKS, 12, "sleep(1)"),
            ),
        ),
    ),
    "a broker that is down is status 500": (
        Fed(
            "wrong_operational_error",
            "kombu.exceptions.OperationalError: Error 111",
            "status/views.py, line 2: Kombu raised it: from which library",
            sources={VIEWS: "\nfrom django.db import DatabaseError, OperationalError\n"},
        ),
        Fed(
            "session_in_redis",
            "redis.exceptions.ConnectionError: Error 111 connecting to 127.0.0.1:1. Connection "
            "refused. The session itself is in that Redis",
            "config/settings.py, SESSION_ENGINE: where are the sessions while Redis is down?",
            text="Traceback (most recent call last):\n"
            '  File "/home/me/work/status/views.py", line 9, in index\n'
            "    request.session.get('visitor')\n"
            '  File "/x/django/contrib/sessions/backends/cache.py", line 35, in load\n'
            "    session_data = self._cache.get(self.cache_key)\n"
            "redis.exceptions.ConnectionError: Error 111 connecting to 127.0.0.1:1. Connection "
            "refused.\n",
        ),
        raising(
            "a_view_that_asks_redis",
            "redis.exceptions.ConnectionError: Error 111 connecting to 127.0.0.1:1. Connection "
            "refused.",
            "status/views.py, line 12",
            at=(VIEWS, 12, "cache.get('status')"),
        ),
        Fed(
            "connection_error",
            "kombu.exceptions.OperationalError: Error 111",
            "status/views.py, line 23: what happens when it raises Kombu's OperationalError?",
            sources={VIEWS: "from kombu.exceptions import OperationalError\n"},
        ),
    ),
    "polling fails": (
        Fed(
            "url_int",
            "NoReverseMatch: Reverse for 'task_status' with arguments",
            "templates/status/partials/task.html, line 3: which arguments",
            "02, Add the URLs",
        ),
        Fed(
            "url_kwarg",
            "TypeError: task_status() got an unexpected keyword argument 'id'",
            "status/views.py, line 1: which arguments does it take",
            sources={VIEWS: "def task_status(request, task_id):"},
        ),
        Fed(
            "disabled_backend",
            "'DisabledBackend' object has no attribute",
            "config/settings.py, CELERY_RESULT_BACKEND: where do results go?",
            "01, Update settings.py",
        ),
        Fed(
            "no_pattern",
            "none of your URL patterns matches check-status/1/",
            "status/urls.py: which of its patterns is meant to match, if one is there?",
            text="Page not found (404)\nThe current path, check-status/1/ ,\ndidn’t match any of",
        ),
    ),
    "a task has no result": (
        Fed(
            "worker_raises",
            "KeyError: 'b'",
            "status/tasks.py, line 17: what should have put b there?",
        ),
        raising(
            "worker_without_bind",
            "AttributeError: 'str' object has no attribute 'update_state'",
            "status/tasks.py, line 11: is the first argument the task itself?",
            "03, Report progress",
            at=(TASKS, 11, "self.update_state(state='PROGRESS')"),
        ),
        raising(
            "worker_has_none",
            "AttributeError: 'NoneType' object has no attribute 'upper'",
            "status/tasks.py, line 52: what is None there",
            at=(TASKS, 52, "print(cache.get('x').upper())"),
        ),
        Fed(
            "worker_not_json",
            "EncodeError: Object of type set_iterator is not JSON serializable",
            "status/tasks.py, return: what does the task return?",
        ),
        raising(
            "worker_async",
            "kombu.exceptions.EncodeError: Object of type coroutine is not JSON serializable",
            "status/tasks.py: which task is async?",
        ),
        Fed(
            "worker_unregistered",
            "the worker knows no task status.send_status",
            "status/views.py, line 1: under which name is it sent",
            "02, Write the task",
            sources={VIEWS: "current_app.send_task('status.send_status')"},
        ),
        Fed(
            "not_registered",
            "Celery knows no task status.tasks.send",
            "status/tasks.py: is it a @shared_task",
            "02, Write the task",
            text="celery.exceptions.NotRegistered: 'status.tasks.send'",
        ),
        Fed(
            "worker_content",
            "the worker refuses the message: Refusing to deserialize untrusted content",
            "config/settings.py, CELERY_ACCEPT_CONTENT and CELERY_TASK_SERIALIZER",
            "01, Update settings.py",
        ),
        Fed(
            "worker_time_limit",
            "the worker ended the task: SoftTimeLimitExceeded",
            "status/tasks.py, line 17: how long may it take?",
        ),
        Fed(
            "worker_lost",
            "WorkerLostError: Worker exited prematurely: signal 9 (SIGKILL) Job: 0",
            "the place of the check's own: what ends the process that works on it?",
            text=raised(
                "billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 9 "
                "(SIGKILL) Job: 0."
            ),
        ),
        Fed(
            "worker_two_of_one_name",
            "two tasks are called status.tasks.send_status, and the first one counts",
            "status/tasks.py, line 4: which of the two is meant?",
            text="celery/app/base.py:1: DuplicateTaskNameWarning: Task name "
            "'status.tasks.send_status' is already registered as <function send_status>.",
            sources={TASKS: "def send_status(): ...\n\n\ndef send_status(message): ..."},
        ),
        Fed(
            "worker_table",
            "django.db.utils.OperationalError: no such table: notes",
            "status/tasks.py, line 18: whose table is notes?",
            "01, Run the migrations",
        ),
        Fed(
            "locked",
            "django.db.utils.OperationalError: database is locked",
            "status/tasks.py, line 11: which transaction",
        ),
    ),
    "the websocket does not open": (
        Fed(
            "ws_accept_not_awaited",
            "Python says: coroutine accept was never awaited",
            "status/consumers.py, line 2: what does an async call need?",
            sources={CONSUMERS: "async def connect(self):\n    self.accept()"},
        ),
        Fed(
            "ws_no_layer",
            "there is no channel layer",
            "config/settings.py, CHANNEL_LAYERS: is there a layer called default?",
            "04, The channel layer",
        ),
        Fed(
            "ws_layer_misspelt",
            "InvalidChannelLayerError: Cannot import BACKEND",
            "config/settings.py, CHANNEL_LAYERS: is the backend's path spelt right?",
            "04, The channel layer",
        ),
        Fed(
            "ws_orm",
            "SynchronousOnlyOperation: You cannot call this from an async context",
            "status/consumers.py, line 53: which call there waits for the database",
        ),
        Fed(
            "ws_async_to_sync",
            "RuntimeError: You cannot use AsyncToSync in the same thread",
            "status/consumers.py, line 52: how does an async method call another one?",
        ),
        raising(
            "as_asgi is not called in the routes",
            "TypeError: AsyncConsumer.as_asgi() takes 1 positional argument but 4 were given",
            "status/routing.py, line 2: is as_asgi called there? Only as_asgi() makes",
            "04, Route the websocket",
            sources={"status/routing.py": "patterns = [\n  path('ws', A.as_asgi),\n]"},
        ),
        raising(
            "as_asgi is not called in asgi.py",
            "TypeError: AsyncConsumer.as_asgi() takes 1 positional argument but 4 were given",
            "config/asgi.py, line 1: is as_asgi called there? Only as_asgi() makes",
            "04, Serve websockets",
            sources={"config/asgi.py": "application = {'websocket': A.as_asgi}"},
        ),
        Fed(
            "ws_as_asgi",
            "object StatusConsumer can't be used in 'await' expression",
            "status/routing.py, line 2: how does a consumer become an application?",
            "04, Route the websocket",
            sources={
                "status/routing.py": "import StatusConsumer\n path('ws/status', StatusConsumer),"
            },
        ),
        raising(
            "ws_class_in_the_place_of_an_application",
            "TypeError: StatusConsumer.__init__() takes 1 positional argument but 4 were given",
            "status/routing.py, line 2: how does a consumer become an application?",
            "04, Route the websocket",
            sources={"status/routing.py": "import StatusConsumer\n('ws/status', StatusConsumer),"},
        ),
        raising(
            "ws_awaits_what_is_none",
            "TypeError: object str can't be used in 'await' expression",
            "status/consumers.py, line 12: what is awaited there? The call returns a str",
            at=(CONSUMERS, 12, "text = await render_to_string('status/x.html')"),
        ),
        Fed(
            "ws_no_route",
            "no route for ws/status",
            "status/routing.py: which paths does it know?",
            "04, Route the websocket",
        ),
        Fed(
            "route_with_a_slash",
            "status 403: no route of yours leads there",
            "status/routing.py, line 1: how does a route's path begin?",
            "04, Route the websocket",
            text="status 403",
            sources={"status/routing.py": "    path('/ws/status', StatusConsumer.as_asgi()),"},
        ),
        Fed(
            "closed_by_connect",
            "status 403",
            "status/consumers.py and status/routing.py: does the path lead to a connect that",
            "04, Write the consumer",
            text="status 403",
        ),
        Fed(
            "ws_only_http",
            "Django can only handle ASGI/HTTP",
            "config/asgi.py: where do websockets go from there?",
            "04, Serve websockets",
        ),
    ),
    "a message does not reach the page": (
        Fed(
            "ws_no_handler",
            "ValueError: No handler for message type send_status",
            "status/consumers.py: which method of the consumer takes messages",
            "04, Write the consumer",
        ),
        Fed("ws_handler_raises", "KeyError: 'message'", "status/consumers.py, line 56"),
        Fed(
            "ws_handler_sync",
            "object NoneType can't be used in 'await' expression",
            "status/consumers.py, line 3: Channels awaits the consumer's methods",
            "04, Write the consumer",
            sources={
                CONSUMERS: "class A:\n  async def connect(self):\n  def send_status(self, event):"
            },
        ),
        Fed(
            "ws_handler_arguments",
            "StatusConsumer.send_status() takes 1 positional argument but 2 were given",
            "status/consumers.py, line 2: which arguments does it take",
            sources={CONSUMERS: "class A:\n    async def send_status(self):"},
        ),
        Fed(
            "ws_template_missing",
            "TemplateDoesNotExist: status/partials/current.html",
            "status/consumers.py, line 56: which file under templates/",
        ),
        Fed(
            "ws_group_not_awaited",
            "a call of the channel layer was never awaited",
            "status/consumers.py, line 1: what does an async call need?",
            sources={CONSUMERS: "  self.channel_layer.group_add('status', self.channel_name)"},
        ),
        Fed(
            "ws_send_not_awaited",
            "Python says: coroutine send_status was never awaited",
            "status/consumers.py, line 3: what does an async call need?",
            sources={CONSUMERS: "\n async def send_status(self):\n  self.send_status({})"},
        ),
    ),
    "a visitor is sent nothing": (
        Fed(
            "run_another",
            "which returned 'Another run goes on' at once",
            "status/tasks.py, line 2: when does it return without sending anything?",
            sources={TASKS: "if busy:\n    return 'Another run goes on'"},
        ),
        Fed(
            "run_other_type",
            "ValueError: No handler for message type status_update",
            "status/tasks.py, line 1: which method of the consumer",
            "04, Write the consumer",
            sources={TASKS: "{'type': 'status_update'}"},
        ),
        Fed(
            "run_not_sync",
            "Python says: coroutine _async_proxy was never awaited",
            "status/tasks.py, line 81: what does an async call need?",
        ),
        Fed("run_raises", "has no attribute 'STATUS_INTERVALL'", "status/tasks.py, line 80"),
        Fed(
            "run_no_type",
            "KeyError: 'type'",
            "status/tasks.py, line 1: which keys does a message to the group need?",
            sources={TASKS: "async_to_sync(layer.group_send)('status', {})"},
        ),
        Fed(
            "run_no_delay_args",
            "send_status_periodically() missing 1 required positional argument: 'self'",
            "status/tasks.py, line 1: which arguments",
            sources={TASKS: "def send_status_periodically(self):"},
        ),
        Fed(
            "run_by_asyncio",
            "SynchronousOnlyOperation",
            "Procfile, worker: which pools give each task a thread of its own?",
            "05, Choose the worker's pool",
            text=raised(
                "django.core.exceptions.SynchronousOnlyOperation: You cannot call this from an "
                "async context - use a thread or sync_to_async.",
                (TASKS, 9, "send()"),
            ),
        ),
        raising(
            "run_without_a_type",
            "ValueError: Incoming message has no 'type' attribute",
            "status/tasks.py, line 1: which keys does a message to the group need?",
            sources={TASKS: "async_to_sync(layer.group_send)('status', {'text': 'x'})"},
        ),
        raising(
            "run_in_a_thread_with_a_loop",
            "RuntimeError: You cannot use AsyncToSync in the same thread as an async event "
            "loop - just await the async function directly.",
            "Procfile, worker: which pools give each task a thread of its own?",
            "05, Choose the worker's pool",
            at=(TASKS, 9, "async_to_sync(layer.group_send)('status', event)"),
        ),
        Fed(
            "run_lock_not_renewed",
            "LockNotOwnedError: Cannot release a lock that's no longer owned",
            "status/tasks.py, line 1: how long does the lock live, and what renews it",
            "05, One run at a time",
            sources={TASKS: "lock = redis.lock('run', timeout=3)\nlock.release()"},
            text=raised(
                "redis.exceptions.LockNotOwnedError: Cannot release a lock that's no longer owned",
                (TASKS, 2, "lock.release()"),
            ),
        ),
        Fed(
            "run_lock_not_taken",
            "LockError: Cannot release an unlocked lock",
            "status/tasks.py, line 2: does a task release the lock that it did not get?",
            "05, One run at a time",
            sources={TASKS: "lock = redis.lock('run', timeout=3)\nlock.release()"},
            text=raised(
                "redis.exceptions.LockError: Cannot release an unlocked lock",
                (TASKS, 2, "lock.release()"),
            ),
        ),
        raising(
            "run_loop_closed",
            "RuntimeError: Event loop is closed",
            "status/tasks.py, line 9: on which event loop was the object created that it uses?",
            at=(TASKS, 9, "send()"),
        ),
        raising(
            "run_not_packed",
            "TypeError: can not serialize 'datetime.datetime' object",
            "status/tasks.py, line 1: what is in the message?",
            sources={TASKS: "async_to_sync(layer.group_send)('status', {})"},
        ),
    ),
    "beat sends twice": (
        Fed(
            "without time zones",
            "its log says: SQLite backend does not support timezone-aware datetimes",
            "config/settings.py, USE_TZ: without time zones",
            "Troubleshooting",
            text=raised(
                "ValueError: SQLite backend does not support timezone-aware datetimes when "
                "USE_TZ is False."
            ),
        ),
        raising(
            "a table that is missing",
            "django.db.utils.OperationalError: no such table: django_celery_beat_periodictask",
            ITS_OWN,
            "01, Run the migrations",
        ),
    ),
    "a process does not start": (
        Fed(
            "an interval that is text",
            "STATUS_INTERVAL is a string: TypeError: 'str' object cannot be interpreted as an",
            "config/settings.py, line 2: what converts it to a number?",
            "05, Set the interval",
            text=raised(
                "TypeError: 'str' object cannot be interpreted as an integer",
                (TASKS, 3, "sleep(settings.STATUS_INTERVAL)"),
            ),
            sources={SETTINGS: "DEBUG = True\nSTATUS_INTERVAL = config('STATUS_INTERVAL')"},
        ),
        Fed(
            "start_settings",
            "ModuleNotFoundError: No module named 'core'",
            "config/celery.py, line 1: is it spelt right",
            sources={"config/celery.py": "set('DJANGO_SETTINGS_MODULE', 'core.settings')"},
        ),
        Fed(
            "no ASGI_APPLICATION",
            "CommandError: You have not set ASGI_APPLICATION",
            "config/settings.py, ASGI_APPLICATION: which setting names the application",
            "04, Serve websockets",
            text="CommandError: You have not set ASGI_APPLICATION, which is needed to run the "
            "server.",
        ),
        Fed(
            "start_asgi",
            "Cannot find 'app' in ASGI_APPLICATION module config.asgi",
            "config/settings.py, ASGI_APPLICATION: does it name",
            "04, Serve websockets",
        ),
        Fed(
            "start_wsgi",
            "WSGI application 'config.wsgi.app' could not be loaded",
            "config/settings.py, WSGI_APPLICATION: does it name",
        ),
        raising(
            "a_comma_is_missing",
            "ModuleNotFoundError: No module named 'django.a.Bdjango'; 'django.a' is not a package",
            "config/settings.py, line 2: is there a comma after each string?",
            sources={SETTINGS: "MIDDLEWARE = [\n    'django.a.B'\n    'django.c.D',\n]"},
        ),
        Fed(
            "a_class_that_is_not_there",
            'Module "django.cache.redis" does not define a "RedisCach" attribute/class',
            "config/settings.py, line 1: is RedisCach spelt right?",
            sources={SETTINGS: "CACHES = {'BACKEND': 'django.cache.redis.RedisCach'}"},
            text=raised(
                "InvalidCacheBackendError: Could not find backend 'django.cache.redis.RedisCach': "
                'Module "django.cache.redis" does not define a "RedisCach" attribute/class'
            ),
        ),
        Fed("start_command", "No such command 'wroker'", "the place of the check's own: is it"),
        Fed("start_program", "celry: not found", "the place of the check's own: is it spelt"),
        Fed("start_option", "No such option '--loglevl'", "the place of the check's own: is it"),
        Fed(
            "start_app",
            "Celery finds no app: The module conf was not found.",
            "the place of the check's own: which package does -A name",
            "01, Configure the Celery app",
        ),
        Fed(
            "transport",
            "Celery knows no transport “redis",
            ".env, and config/settings.py, CELERY_BROKER_URL: how does the broker's address begin?",
            "01, Update settings.py",
            text=raised("KeyError: 'No such transport: “redis'"),
        ),
        Fed(
            "urls_empty",
            "does not appear to have any patterns in it",
            "status/urls.py: is there a list called urlpatterns?",
            "02, Add the URLs",
        ),
        Fed(
            "load_routing",
            "ImportError: cannot import name 'ChatConsumer'",
            "status/routing.py, line 11: does status/consumers.py define ChatConsumer?",
        ),
        Fed(
            "load_app_misspelt",
            "ModuleNotFoundError: No module named 'statuz'",
            "config/settings.py, line 1: is it spelt right",
            sources={SETTINGS: "INSTALLED_APPS = ['statuz']"},
        ),
        Fed(
            "load_url_view",
            "module 'status.views' has no attribute 'indx'",
            "status/urls.py, line 6: does status/views.py define indx?",
        ),
        Fed("load_syntax", "SyntaxError: invalid syntax", "status/views.py, line 51"),
        Fed(
            "load_celery_name",
            "cannot import name 'app' from 'config.celery'",
            "config/__init__.py, line 1: does config/celery.py define app?",
        ),
        raising(
            "circular",
            "ImportError: cannot import name 'x' from partially initialized module "
            "'status.tasks' (most likely due to a circular import)",
            "status/views.py, line 1: which of the two files needs the other one first?",
            at=(VIEWS, 1, "from .tasks import x"),
        ),
        Fed(
            "daphne",
            "Daphne must be listed before django.contrib.staticfiles",
            "config/settings.py, INSTALLED_APPS: in which order?",
            "04, Serve websockets",
            text="(daphne.E001) Daphne must be listed before django.contrib.staticfiles in",
        ),
    ),
}
# What is pushed in place of a fragment, what a browser complains of, and a locked database's words.
PUSH = "04, Push a partial"
PUSHED = {
    "JSON": ("that is JSON", f"{CONSUMERS}, line 1", PUSH, '{"status": "RUNNING"}'),
    "escaped": ("escaped markup", f"{CONSUMERS}: what escapes", PUSH, "&lt;span id=status&gt;"),
    "a name": ("the template's name", f"{CONSUMERS}: what turns", PUSH, "status/partials/x.html"),
    "a page": ("a whole page", f"{CONSUMERS}: which template", PUSH, "<!doctype html><html>"),
    "an empty element": ("without text", CURRENT_STATUS, PUSH, "<b id=status></b>\n"),
    "text": ("text without an element", f"{CONSUMERS}: what does it send", PUSH, "RUNNING"),
}
COMPLAINTS = {
    "target": ("no element for the target", INDEX, "03, Swap the fragment", "htmx:targetError"),
    "pushed": ("no place for what was pushed", CURRENT_STATUS, PUSH, "htmx:oobErrorNoTarget"),
    "swap": ("htmx reported swapError", ITS_OWN, "", "htmx:swapError"),
    "htmx": ("the browser says: htmx is not defined", BASE, "", "htmx is not defined"),
    "policy": (
        "the browser says: Refused to load the script '/x.js': a Content Security Policy forbids",
        ITS_OWN,
        "",
        "Refused to load the script '/x.js' because it violates the following Content Security "
        "Policy directive: \"script-src 'none'\"",
    ),
    "policy of a newer Chromium": (
        "the browser says: Connecting to 'ws://127.0.0.1:1/ws/status': a Content Security Policy",
        ITS_OWN,
        "",
        "Connecting to 'ws://127.0.0.1:1/ws/status' violates the following Content Security Policy "
        "directive: \"connect-src 'none'\". The action has been blocked.",
    ),
}
LOCKED = {
    "a session in a cache": (
        "Django can't store the session in its cache",
        "config/settings.py, SESSION_ENGINE",
        "",
        raised(
            "RuntimeError: Unable to create a new session key. It is likely that the cache is "
            "unavailable.",
            (VIEWS, 24, "request.session.save()"),
        ),
    ),
    "a transaction around each view": (
        "before a view of yours was called",
        "config/settings.py, DATABASES: ATOMIC_REQUESTS begins",
        "",
        "Traceback (most recent call last):\n"
        '  File "/x/contextlib.py", line 80, in inner\n    with self._recreate_cm():\n'
        '  File "/x/django/db/transaction.py", line 198, in __enter__\n    connection.begin()\n'
        "django.db.utils.OperationalError: database is locked\n",
    ),
}
SENDS_JSON = {CONSUMERS: "await self.send_json({})"}
ALL_FED = [
    *(fed for causes in SYMPTOMS.values() for fed in causes),
    *(
        Fed(name, *row, SENDS_JSON, causes)
        for rows, causes in ((PUSHED, FRAMES), (COMPLAINTS, CONSOLE), (LOCKED, LOCKED_TABLES))
        for name, row in rows.items()
    ),
]


def evidence_of(fed: Fed, project: Path) -> list[Evidence]:
    """Return the evidence of that name, as if `project` had left it behind."""
    write_files(project, fed.sources)

    def captured(ending: str) -> str:
        file = CAPTURED / f"{fed.name}{ending}"
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        return text.replace("/home/me/work", str(project))

    page, web = captured(".html"), captured(".web_log.txt")
    texts = (
        web,
        captured(".worker_log.txt"),
        captured(".txt"),
        fed.text.replace("/home/me/work", str(project)),
    )
    found = [of_page(page, project, "/check-status/", web)] if page else []
    return found + [Evidence(text, project) for text in texts if text]


def diagnosed(fed: Fed, project: Path) -> Diagnosis:
    """Return what is told of that evidence."""
    evidence = evidence_of(fed, project)
    assert evidence, f"nothing in {CAPTURED} is called {fed.name}"
    found = diagnose(evidence, OTHERWISE, fed.causes)
    assert found is not None, "nothing is recognised"
    return found


@pytest.mark.parametrize("fed", ALL_FED, ids=str)
def test_evidence_leads_to_its_cause(fed: Fed, tmp_path: Path) -> None:
    found = diagnosed(fed, tmp_path)
    assert fed.seen in found.seen
    assert found.look_at.startswith(fed.look_at)
    assert found.guide == fed.guide


@pytest.mark.parametrize("symptom", SYMPTOMS)
def test_a_symptom_has_another_hint_for_each_cause(symptom: str, tmp_path: Path) -> None:
    told = [diagnosed(fed, tmp_path / fed.name) for fed in SYMPTOMS[symptom]]
    assert len({(one.seen, one.look_at) for one in told}) == len(told) > 1


def test_a_fragment_is_nothing_to_speak_of(tmp_path: Path) -> None:
    assert diagnose([Evidence('<span id="status">RUNNING</span>\n', tmp_path)], "", FRAMES) is None


def test_a_task_that_returned_at_once_explains_nothing_while_another_one_works(
    tmp_path: Path,
) -> None:
    at_work = "Task status.tasks.run[1] received\n"
    at_once = "Task status.tasks.run[2] received\nTask status.tasks.run[2] succeeded in 0.01s: None"
    assert diagnose([Evidence(at_once, tmp_path)]) is not None
    assert diagnose([Evidence(at_work + at_once, tmp_path)]) is None


def test_a_check_that_nothing_explains_keeps_its_question(tmp_path: Path) -> None:
    not_yet = NotYet("done", "seen", "expected", "look", "02, Write the page", "words")
    assert explain(not_yet, Evidence("Starting server\nQuit with CONTROL-C.", tmp_path)) is not_yet


def test_the_learners_lines_are_the_proof(tmp_path: Path) -> None:
    not_yet = NotYet("done", "status 500", "expected", "look", "02, Write the page")
    told = explain(not_yet, *evidence_of(Fed("name_error", "", ""), tmp_path))
    assert told.seen == "status 500: NameError: name 'tomezone' is not defined"
    assert told.words.startswith('  File "status/views.py", line 52, in index')
    assert "site-packages" not in told.words


@pytest.mark.parametrize(
    "test",
    ["status/tests.py", "status/tests/views.py", "app/test_it.py", "a_test.py", "conftest.py"],
)
def test_a_test_is_blamed_for_what_it_raises_alone(test: str, tmp_path: Path) -> None:
    write_files(tmp_path, dict.fromkeys((test, VIEWS), "send_status('x')"))
    frame = f'Traceback (most recent call last):\n  File "{tmp_path / test}", line 1\n    x\nE: no'
    assert Evidence("", tmp_path).find("send_status") == f"{VIEWS}, line 1"
    assert Evidence(frame, tmp_path).find("send_status") == f"{test}, line 1"


@pytest.mark.parametrize(
    ("file", "look_at", "guide"),
    [
        ("config/asgi.py", "config/asgi.py, line 3", "04, Serve websockets"),
        ("status/consumers.py", "status/consumers.py, line 3", "04, Write the consumer"),
        ("status/routing.py", "status/routing.py, line 3", "04, Route the websocket"),
        ("notes/models.py", "notes/models.py, line 3", "Troubleshooting"),
    ],
)
def test_a_file_that_does_not_load_leads_to_the_section_that_makes_it(
    file: str, look_at: str, guide: str, tmp_path: Path
) -> None:
    said = f'Traceback (most recent call last):\n  File "{tmp_path / file}", line 3\n    x\nE: no'
    told = not_loaded(said, tmp_path)
    assert (told.look_at, told.guide) == (look_at, guide)


def test_every_cause_can_be_said() -> None:
    """Its texts name groups of its pattern alone, and its question is one line."""
    for cause in (*CAUSES, *FRAMES, *CONSOLE, *LAST_RESORT):
        fields = (cause.question, cause.seen, cause.find, cause.place)
        known = {"error", "code", "file", "last", *_groups(cause)}
        assert _names(fields) <= known, cause.pattern
        assert len(cause.question) < 90, cause.question


def _groups(cause: Cause) -> Iterable[str]:
    return re.compile(cause.pattern).groupindex


def _names(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for _, name, *_ in string.Formatter().parse(text) if name}


def test_every_cause_is_fed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no cause that nothing here leads to: each is seen to be recognised."""
    told: list[Cause] = []
    said = module._said

    def note(cause: Cause, *arguments: object) -> Diagnosis:
        told.append(cause)
        return said(cause, *arguments)

    monkeypatch.setattr(module, "_said", note)
    for fed in ALL_FED:
        diagnosed(fed, tmp_path / fed.name)
    known = (*CAUSES, *FRAMES, *CONSOLE, *LAST_RESORT)
    assert [cause.pattern for cause in known if cause not in told] == []


def test_every_captured_text_is_fed() -> None:
    fed = {one.name for one in ALL_FED}
    assert {file.name.partition(".")[0] for file in CAPTURED.iterdir()} <= fed
