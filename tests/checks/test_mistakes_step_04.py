"""Mistakes of step 04, each reported first by the check meant for it."""

import pytest

from tests.support.edited_projects import Appending, Edit, Mistake, reported_first

SETTINGS, ASGI = "config/settings.py", "config/asgi.py"
CONSUMERS, ROUTING = "status/consumers.py", "status/routing.py"
LIVE, BASE = "templates/live.html", "templates/_base.html"
PARTIAL = "templates/status/partials/current_status.html"

DAPHNE = "    # Before staticfiles, whose runserver knows no websockets.\n    'daphne',\n"
PUBSUB = "'channels_redis.pubsub.RedisPubSubChannelLayer'"
ADD = "        await self.channel_layer.group_add(GROUP, self.channel_name)\n"
DISCARD = """    async def disconnect(self, close_code):
        await self.channel_layer.group_discard(GROUP, self.channel_name)

"""
ORIGIN = "AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns))"
ROUTES = "from status.routing import websocket_urlpatterns"
HTMX = """  <script src="{% static 'django_htmx/htmx-2.min.js' %}" defer></script>\n"""
EXTENSION = """<script src="{% static 'django_htmx/ext/hx-ws-2.min.js' %}" defer></script>\n"""
LIVE_JS = "static/live.js"
SCRIPT = """<script src="{% static 'live.js' %}"></script>\n"""
CONNECTED = "  connection.textContent = 'Connected.';\n"
REFUSED = "    connection.textContent = `The server refused the connection (${code}).`;\n"
RECONNECT = "    setTimeout(detail.socketWrapper.reconnect, 1000 + 4000 * Math.random());\n"
SYNC = """
from channels.generic.websocket import WebsocketConsumer
from django.template.loader import render_to_string

GROUP = 'status'


class StatusConsumer(WebsocketConsumer):
    def connect(self):
        self.channel_layer.group_add(GROUP, self.channel_name)
        self.accept()
        self.send_status({'status': 'RUNNING'})

    def disconnect(self, close_code):
        self.channel_layer.group_discard(GROUP, self.channel_name)

    def send_status(self, event):
        self.send(render_to_string('status/partials/current_status.html', event))
"""

MISTAKES = [
    Mistake(
        "everybody_greeted_when_one_comes",
        "test_a_message_reaches_every_page",
        ("the first page was sent its greeting again", "to whom does it send the greeting?"),
        Appending(
            CONSUMERS,
            "connect_alone = StatusConsumer.connect\n\n\n"
            "async def connect(self):\n"
            "    await connect_alone(self)\n"
            "    greeting = {'type': 'send_status', 'status': 'RUNNING'}\n"
            "    await self.channel_layer.group_send(GROUP, greeting)\n\n\n"
            "StatusConsumer.connect = connect\n",
        ),
    ),
    Mistake(
        "closed_after_the_first_message",
        "test_a_message_reaches_every_page",
        ("a second time", "the websocket was closed after", "what does it leave behind?"),
        Appending(
            CONSUMERS,
            "send_first = StatusConsumer.send_status\n\n\n"
            "async def send_and_close(self, event):\n"
            "    await send_first(self, event)\n"
            "    if event['status'] != 'RUNNING':\n"
            "        await self.close()\n\n\n"
            "StatusConsumer.send_status = send_and_close\n",
        ),
    ),
    Mistake(
        "only_the_first_visitors_are_greeted",
        "test_who_connects_is_sent_running",
        ("as a second visitor", "nothing came within 5 s"),
        Appending(
            CONSUMERS,
            "send_each = StatusConsumer.send\n"
            "greeted = []\n\n\n"
            "async def greet_twice(self, text_data=None, **others):\n"
            "    if 'RUNNING' not in text_data or len(greeted) < 2:\n"
            "        greeted.append(1)\n"
            "        await send_each(self, text_data=text_data, **others)\n\n\n"
            "StatusConsumer.send = greet_twice\n",
        ),
    ),
    Mistake(
        "who_leaves_takes_it_all_away",
        "test_a_visitor_who_leaves_is_no_member",
        ("closed every page, then opened one again", "disconnect"),
        Appending(
            CONSUMERS,
            "leave = StatusConsumer.disconnect\n\n\n"
            "async def leave_for_good(self, close_code):\n"
            "    await leave(self, close_code)\n"
            "    StatusConsumer.send = leave\n\n\n"
            "StatusConsumer.disconnect = leave_for_good\n",
        ),
    ),
    Mistake(
        "websocket_of_another_server",
        "test_the_live_page_opens_the_websocket",
        ('seen ws-connect="ws://localhost:8000/ws/status"', "another server", "without a host"),
        Edit(LIVE, 'ws-connect="', 'ws-connect="ws://localhost:8000'),
    ),
    Mistake(
        "daphne_not_installed",
        "test_runserver_opens_the_websocket",
        ("status 404, by a server that knows no websockets", "INSTALLED_APPS"),
        Edit(SETTINGS, DAPHNE, ""),
        is_golden=True,
    ),
    Mistake(
        "daphne_after_staticfiles",
        "test_the_processes_start",
        (
            "an error before it served",
            "open config/settings.py, INSTALLED_APPS: in which order? guide 04, Serve websockets",
            "Daphne must be listed before django.contrib.staticfiles",
        ),
        Edit(SETTINGS, DAPHNE, ""),
        Edit(SETTINGS, "    'status',\n", "    'status',\n    'daphne',\n"),
    ),
    Mistake(
        "asgi_application_misspelt",
        "test_the_processes_start",
        ("open config/settings.py, ASGI_APPLICATION: does it name",),
        Edit(SETTINGS, "'config.asgi.application'", "'config.asgy.application'"),
    ),
    Mistake(
        "asgi_imports_what_is_not_there",
        "test_the_processes_start",
        ("open config/asgi.py, line", "guide 04, Serve websockets", "websocket_urls'"),
        Edit(ASGI, ROUTES, ROUTES.replace("_urlpatterns", "_urls")),
    ),
    Mistake(
        "consumers_cannot_be_imported",
        "test_the_processes_start",
        ("open status/consumers.py, line 1", "guide 04, Write the consumer", "channel'"),
        Edit(CONSUMERS, "from channels.generic", "from channel.generic"),
    ),
    Mistake(
        "routing_cannot_be_imported",
        "test_the_processes_start",
        ("open status/routing.py, line", "guide 04, Route the websocket", "status.consumer'"),
        Edit(ROUTING, "from .consumers", "from .consumer"),
    ),
    Mistake(
        "path_with_a_slash",
        "test_runserver_opens_the_websocket",
        ("while /ws/status/ opens", ROUTING),
        Edit(ROUTING, "'ws/status'", "'ws/status/'"),
    ),
    Mistake(
        # Not the path with a slash, which the check asks for too.
        "consumer_without_as_asgi",
        "test_runserver_opens_the_websocket",
        ("status 500", "TypeError", f"{ROUTING}, line", "how does a consumer become"),
        Edit(ROUTING, ".as_asgi()", ""),
    ),
    Mistake(
        "consumer_raises",
        "test_runserver_opens_the_websocket",
        ("status 500", "KeyError: 'username'", 'File "status/consumers.py"', "in connect"),
        Edit(CONSUMERS, ADD, "        self.name = self.scope['username']\n" + ADD),
    ),
    Mistake(
        "layer_in_memory",
        "test_the_layer_reaches_every_process",
        ("each process has one of its own", "CHANNEL_LAYERS"),
        Edit(SETTINGS, PUBSUB, "'channels.layers.InMemoryChannelLayer'"),
        Edit(SETTINGS, "        'CONFIG': {'hosts': [CELERY_BROKER_URL]},\n", ""),
    ),
    Mistake(
        "extension_not_loaded",
        "test_the_live_page_opens_the_websocket",
        ("none of its scripts is htmx's extension for websockets", LIVE),
        Edit(LIVE, EXTENSION, ""),
    ),
    Mistake(
        "partial_without_id",
        "test_who_connects_is_sent_running",
        ("<span>RUNNING</span>: without an id", PARTIAL),
        Edit(PARTIAL, "", "<span>{{ status }}</span>\n"),
    ),
    Mistake(
        "partial_replaces_the_websocket",
        "test_who_connects_is_sent_running",
        ("closes its websocket", PARTIAL),
        Edit(LIVE, '<section class="card"', '<section id="live"'),
        Edit(PARTIAL, "", '<section id="live"><span id="status">{{ status }}</span></section>'),
        is_golden=True,
    ),
    Mistake(
        "visitor_joins_no_group",
        "test_a_message_reaches_every_page",
        ("0 of 2 pages", "does connect add the visitor to the group"),
        Edit(CONSUMERS, ADD, ""),
    ),
    Mistake(
        "handler_misnamed",
        "test_a_message_reaches_every_page",
        ("No handler for message type send_status", "which method of the consumer takes messages"),
        Edit(CONSUMERS, "self.send_status", "self.status_message"),
        Edit(CONSUMERS, "def send_status", "def status_message"),
    ),
    Mistake(
        "sync_consumer_does_not_wait",
        "test_a_message_reaches_every_page",
        ("0 of 2 pages", "what does an async call need?"),
        Edit(CONSUMERS, "", SYNC),
    ),
    Mistake(
        "partial_marked_safe",
        "test_what_is_sent_is_escaped",
        ("<b>HELLO", "with its escaping on"),
        Edit(PARTIAL, "{{ status }}", "{{ status|safe }}"),
    ),
    Mistake(
        "extension_before_htmx",
        "test_a_browser_shows_what_is_sent",
        ("htmx is not defined", BASE),
        Edit(LIVE, EXTENSION, ""),
        Edit(BASE, HTMX, EXTENSION + HTMX),
    ),
    Mistake(
        "the_page_says_nothing_of_its_websocket",
        "test_the_page_says_whether_it_is_connected",
        ("before and after", "templates/live.html: does it load static/live.js?"),
        Edit(LIVE, SCRIPT, ""),
    ),
    Mistake(
        "the_page_never_says_that_it_is_connected",
        "test_the_page_says_whether_it_is_connected",
        ("as before it was open", "what does the page show when its websocket opens?"),
        Edit(LIVE_JS, CONNECTED, ""),
    ),
    Mistake(
        "after_other_codes_nobody_connects_again",
        "test_the_page_connects_again",
        ("websocket with 1001, as a proxy may", "no other one within", "after the other codes?"),
        Edit(LIVE_JS, RECONNECT, ""),
    ),
    Mistake(
        "after_a_normal_close_nobody_connects_again",
        "test_the_page_connects_again",
        ("websocket with 1000, as a proxy may", "no other one within"),
        Edit(LIVE_JS, "[1006, ", "[1000, 1006, "),
    ),
    Mistake(
        "a_refused_page_comes_back",
        "test_the_page_connects_again",
        ("websocket with 4401", "another one after", "which codes does it leave alone?"),
        Edit(LIVE_JS, "    return;\n", ""),
        # At once, so that a slow machine sees it within the time that it is watched.
        Edit(LIVE_JS, "1000 + 4000 * Math.random()", "100"),
    ),
    Mistake(
        "a_refused_page_says_nothing",
        "test_the_page_connects_again",
        ("websocket with 4401", "before and after", "what does the page show then?"),
        Edit(LIVE_JS, REFUSED, ""),
    ),
    Mistake(
        "any_origin",
        "test_another_site_is_refused",
        ("it opened", "http://elsewhere.example", ASGI),
        Edit(ASGI, ORIGIN, "URLRouter(websocket_urlpatterns)"),
    ),
    Mistake(
        "any_host",
        "test_another_site_is_refused",
        ("it opened", f"{SETTINGS}, ALLOWED_HOSTS: which hosts may a page come from?"),
        Edit(SETTINGS, "ALLOWED_HOSTS = []", "ALLOWED_HOSTS = ['*']"),
    ),
    Mistake(
        "core_layer_with_time_out",
        "test_a_silent_websocket_stays_open",
        ("code 1011", "Timeout", "socket_timeout", SETTINGS),
        Edit(SETTINGS, PUBSUB, "'channels_redis.core.RedisChannelLayer'"),
        is_golden=True,
    ),
    Mistake(
        "consumers_before_django",
        "test_any_server_can_load_the_application",
        ("Apps aren't loaded yet", ASGI),
        Edit(
            CONSUMERS,
            "from channels.generic",
            "from django.contrib.auth.models import User\nfrom channels.generic",
        ),
        Edit(ASGI, f"{ROUTES}  # noqa: E402\n\n", ""),
        Edit(ASGI, "from django.core.asgi", f"{ROUTES}\nfrom django.core.asgi"),
    ),
    Mistake(
        "no_disconnect",
        "test_a_visitor_who_leaves_is_no_member",
        ("1 left behind", CONSUMERS),
        Edit(CONSUMERS, DISCARD, ""),
    ),
]
# Near relations of the above.
MORE = [
    Mistake(
        "application_without_websockets",
        "test_runserver_opens_the_websocket",
        ("No application configured for scope type 'websocket'", ASGI),
        Edit(ASGI, "'websocket':", "'websockets':"),
    ),
    Mistake(
        "page_without_hx_ext",
        "test_the_live_page_opens_the_websocket",
        ("no hx-ext on that element or around it", LIVE),
        Edit(LIVE, 'hx-ext="ws" ', ""),
    ),
]

# Found as another one is.
test_mistake = reported_first(4, MISTAKES)
test_near_relation = pytest.mark.long(reported_first(4, MORE, by_whole_step=False))
