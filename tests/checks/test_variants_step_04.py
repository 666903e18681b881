"""Projects that look different and are as right as the snapshot of step 04."""

import pytest

from tests.support.edited_projects import Edit, Variant, every_check_holds
from tests.support.plain_settings import all_together, package_from_environ

SETTINGS, ASGI = "config/settings.py", "config/asgi.py"
CONSUMERS, ROUTING = "status/consumers.py", "status/routing.py"
LIVE, BASE = "templates/live.html", "templates/_base.html"
PARTIAL = "templates/status/partials/current_status.html"

ADDRESS = "{'hosts': [CELERY_BROKER_URL]}"
PUBSUB = "'channels_redis.pubsub.RedisPubSubChannelLayer'"
CORE = "'channels_redis.core.RedisChannelLayer'"
SYNC = """
from asgiref.sync import async_to_sync
from channels.generic.websocket import WebsocketConsumer
from django.template.loader import render_to_string


class StatusConsumer(WebsocketConsumer):
    def connect(self):
        async_to_sync(self.channel_layer.group_add)('status', self.channel_name)
        self.accept()
        self.send(render_to_string('status/partials/current_status.html', {'status': 'RUNNING'}))

    def disconnect(self, code):
        async_to_sync(self.channel_layer.group_discard)('status', self.channel_name)

    def send_status(self, event):
        self.send(render_to_string('status/partials/current_status.html', event))
"""
JSON = """
from channels.generic.websocket import AsyncJsonWebsocketConsumer, AsyncWebsocketConsumer
from django.utils.html import format_html


class Board(AsyncJsonWebsocketConsumer):
    groups = ['status']

    async def connect(self):
        await self.accept()
        await self.show('RUNNING')

    async def send_status(self, event):
        await self.show(event['status'])

    async def show(self, status):
        html = format_html('<b id="now" hx-swap-oob="innerHTML:#status">{}</b>', status)
        await self.send(text_data=str(html))


class Nobody(AsyncWebsocketConsumer):
    async def connect(self):
        await self.accept()
        await self.close(code=4404)
"""
JSON_ROUTING = """
from django.urls import path, re_path

from . import consumers

websocket_urlpatterns = [
    re_path(r'^ws/status$', consumers.Board.as_asgi()),
    re_path(r'', consumers.Nobody.as_asgi()),
]
"""
LIVE_ON_BODY = """
{% load static %}<!doctype html>
<html lang="en"><head><title>Live</title>
<link rel="stylesheet" href="https://cdn.example/style.css">
<script src="{% static 'django_htmx/htmx-2.min.js' %}"></script>
<script src="{% static 'django_htmx/ext/hx-ws-2.js' %}"></script></head>
<body data-hx-ext="preload, ws"><main data-ws-connect="ws://{{ request.get_host }}/ws/status">
<p>Now: <strong id="status"></strong></p><div aria-live="assertive" class="line"></div></main>
<script>
const line = document.querySelector(".line");
document.addEventListener("htmx:wsOpen", () => { line.textContent = "Live"; });
document.addEventListener("htmx:wsClose", (event) => {
  const refused = event.detail.event.code >= 4000;
  line.textContent = refused ? "Not for you" : "Offline for a moment";
  if (event.detail.event.code < 1006) setTimeout(event.detail.socketWrapper.reconnect, 3000);
});
</script></body></html>
"""
INDEX = "\n\n@require_GET\ndef index"
LIVE_ADDRESS = "TemplateView.as_view(template_name='live.html'),"
CLASS_VIEW = """from django.views.generic import TemplateView


class Live(TemplateView):
    template_name = 'status/board.html'
"""

# The routes stand in config/asgi.py itself.
ROUTED = """from status.routing import websocket_urlpatterns"""
INLINE = """from django.urls import path

from status import consumers

websocket_urlpatterns = [
    path('ws/status', consumers.StatusConsumer.as_asgi()),
]"""

VARIANTS = [
    Variant("a sync consumer", Edit(CONSUMERS, "", SYNC)),
    Variant(
        "the core layer with its two options, under prefork",
        Edit(SETTINGS, PUBSUB, CORE),
        Edit(
            SETTINGS,
            ADDRESS,
            "{'prefix': 'mine', 'hosts': [{'address': CELERY_BROKER_URL, "
            "'socket_timeout': None, 'max_connections': 10000}]}",
        ),
        Edit("Procfile", "-P gevent -c 10", "-P prefork -c 2"),
    ),
    Variant(
        "other names, a swap by selector, a class-based view, whole addresses",
        Edit(CONSUMERS, "", JSON),
        Edit(ROUTING, "", JSON_ROUTING),
        Edit(PARTIAL, "", None),
        Edit(LIVE, "", None),
        Edit("templates/status/board.html", "", LIVE_ON_BODY),
        Edit("status/views.py", INDEX, f"\n\n{CLASS_VIEW}{INDEX}"),
        Edit("status/urls.py", LIVE_ADDRESS, "views.Live.as_view(),"),
    ),
    Variant(
        "settings in a package, os.environ, one thread",
        *package_from_environ(4),
        Edit("Procfile", "-P gevent -c 10", "-P solo"),
        Edit(ASGI, ROUTED, INLINE),
        Edit(ROUTING, "", None),
    ),
]


# Two that change other things run as one project, one with plain settings too; the
# long rounds take each by itself.
SYNC_CONSUMER, CORE_LAYER, OTHER_NAMES, PACKAGE = VARIANTS

test_variant = every_check_holds(
    4,
    [
        SYNC_CONSUMER.beside(PACKAGE),
        OTHER_NAMES.beside(CORE_LAYER).beside(all_together(4)),
    ],
)
test_single = pytest.mark.long(every_check_holds(4, VARIANTS))
