"""Projects that look different from the lesson robust's and are as right: every check holds."""

import pytest

from tests.checks.test_mistakes_robust import ON_OPENING, ON_SENDING, OWN_CHANNEL
from tests.support.edited_projects import Edit, Variant, every_check_holds
from tests.support.plain_settings import CORE_LAYER

ASGI, SETTINGS, PROCFILE = "config/asgi.py", "config/settings.py", "Procfile"
CONSUMERS, ROUTING, VIEWS = "status/consumers.py", "status/routing.py", "status/views.py"
TASKS, LIVE_JS = "status/tasks.py", "static/live.js"
TASK = "templates/status/partials/task.html"

# What turns visitors away is around all consumers, so that none of them needs to know of it.
TURNSTILE = """
import logging

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


class Turnstile:
    def __init__(self, application):
        self.application = application

    async def __call__(self, scope, receive, send):
        try:
            return await self.application(scope, receive, send)
        except (OperationalError, RedisError) as problem:
            logger.warning('no visitor can be let in: %s', problem)
        except ValueError:
            logger.info('nobody is at %s', scope['path'])
        await send({'type': 'websocket.close', 'code': 1013})
"""
GUARD = """        except (OperationalError, RedisError):
            logger.warning('Redis does not answer: a visitor is turned away')
            # No normal close: htmx connects again by itself.
            await send({'type': 'websocket.close', 'code': 1011})
"""
LAST_ROUTE = """    # Without a last route an unknown path is an error in the server's log.
    re_path('', refuse),
"""
# The heartbeat is the status itself, said again.
HEARTBEAT = """            # A comment changes nothing on the page.
            await self.push('<!-- heartbeat -->')
"""
STATUS_AGAIN = """            status = await cache.aget(LAST_STATUS) or 'RUNNING'
            await self.send_status({'status': status})
"""
# A middleware answers for every view that can store nothing.
MIDDLEWARE = """
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError
from django.shortcuts import render


class NotStored:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, (DatabaseError, UpdateError)):
            piece = 'status/partials/not_stored.html' if request.htmx else 'not_stored.html'
            return render(request, piece, status=503)
"""
# The last route leads to a consumer, which asks Redis for a channel before it refuses.
REFUSES = """

class UnknownPathConsumer(StatusConsumer.__base__):
    async def connect(self):
        await self.close()

"""
IN_THE_VIEW = f"    try:\n        visitor = visitor_of(request)\n{ON_OPENING}"
IN_THE_OTHER = f"""    try:
        # A row of its own: two clicks at the same moment can't overwrite one another.
        SentTask.objects.create(visitor=visitor_of(request), task_id=result.id)
{ON_SENDING}"""

VARIANTS = [
    Variant(
        "visitors are turned away around the consumers, on prefork",
        Edit("config/turnstile.py", "", TURNSTILE),
        Edit(ASGI, "(URLRouter(websocket_urlpatterns))", "(Turnstile(URLRouter(sockets)))"),
        Edit(ASGI, "import websocket_urlpatterns", "import websocket_urlpatterns as sockets"),
        Edit(
            ASGI,
            "from status.routing",
            "from config.turnstile import Turnstile\nfrom status.routing",
        ),
        Edit(CONSUMERS, GUARD, ""),
        Edit(ROUTING, LAST_ROUTE, ""),
        Edit(PROCFILE, "-P threads -c 10", "-P prefork -c 4"),
    ),
    Variant(
        "the status is the heartbeat, the page looks at its clock, and a consumer refuses",
        Edit(ROUTING, "import StatusConsumer\n", f"import StatusConsumer\n{REFUSES}"),
        Edit(ROUTING, "re_path('', refuse)", "re_path('', UnknownPathConsumer.as_asgi())"),
        Edit(CONSUMERS, HEARTBEAT, STATUS_AGAIN),
        Edit(CONSUMERS, "HEARTBEAT_SECONDS = 10", "HEARTBEAT_SECONDS = 15"),
        Edit(
            LIVE_JS,
            "",
            "let last = Date.now(), connected = null;\n"
            "document.addEventListener('htmx:wsAfterMessage', () => { last = Date.now(); });\n"
            "document.addEventListener('htmx:wsOpen', event => {\n"
            "  last = Date.now();\n"
            "  connected = event;\n"
            "  document.getElementById('connection').textContent = 'Connected.';\n"
            "});\n"
            "setInterval(() => {\n"
            "  if (!connected || Date.now() - last < 40000) return;\n"
            "  connected.detail.event.target.onclose = null;\n"
            "  const { reconnect } = connected.detail.socketWrapper;\n"
            "  connected = null;\n"
            "  reconnect();\n"
            "}, 1000);\n"
            "document.addEventListener('htmx:wsClose', ({ detail }) => {\n"
            "  document.getElementById('connection').textContent = 'Connection lost.';\n"
            "  const code = detail.event.code;\n"
            "  if (code < 1006) setTimeout(detail.socketWrapper.reconnect, 1000);\n"
            "});\n",
        ),
    ),
    Variant(
        "a middleware says what can't be stored, and Celery's app what beat notes",
        Edit("status/middleware.py", "", MIDDLEWARE),
        Edit(
            SETTINGS,
            "    'django.middleware.clickjacking",
            "    'django_htmx.middleware.HtmxMiddleware',\n    'status.middleware.NotStored',\n"
            "    'django.middleware.clickjacking",
        ),
        Edit(VIEWS, IN_THE_VIEW, "    visitor = visitor_of(request)\n"),
        Edit(
            VIEWS,
            IN_THE_OTHER,
            "    SentTask.objects.create(visitor=visitor_of(request), task_id=result.id)\n",
        ),
        Edit(SETTINGS, "CELERY_BEAT_SYNC_EVERY = 1\n", ""),
        Edit(
            "config/celery.py",
            "# Look for a tasks.py",
            "celery.conf.beat_sync_every = 1\n\n# Look for a tasks.py",
        ),
    ),
    Variant(
        "the core layer, and a message without a status is passed over",
        CORE_LAYER,
        Edit(CONSUMERS, OWN_CHANNEL, ""),
        Edit(
            CONSUMERS,
            "    async def send_status(self, event):\n",
            "    async def send_status(self, event):\n        if 'status' not in event:\n"
            "            return\n",
        ),
    ),
]


# Two that change most run as one project; the long rounds take each by itself, and the others.
TURNED_AWAY, CLOCK, IN_MIDDLEWARE, ON_CORE_LAYER = VARIANTS

test_variant = every_check_holds("robust", [IN_MIDDLEWARE.beside(CLOCK)])
test_single = pytest.mark.long(
    every_check_holds("robust", [*VARIANTS, ON_CORE_LAYER.beside(TURNED_AWAY)])
)
