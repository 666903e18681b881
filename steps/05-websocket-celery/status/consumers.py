from contextlib import suppress

from asgiref.sync import sync_to_async
from autobahn.exception import Disconnected
from channels.generic.websocket import AsyncWebsocketConsumer
from django.core.cache import cache
from django.template.loader import render_to_string
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from .claims import LAST_STATUS
from .tasks import GROUP, start_run


class StatusConsumer(AsyncWebsocketConsumer):
    is_open = False

    async def __call__(self, scope, receive, send):
        try:
            await super().__call__(scope, receive, send)
        except (RedisError, OperationalError):
            # An error's close code lets HTMX come again; a good end would not.
            if self.is_open:
                raise
            # Redis is away. Turned away with a 403, HTMX tries again by itself.
            await send({'type': 'websocket.close'})

    async def connect(self):
        # Celery sends with blocking calls. In a thread they hold up this visitor alone.
        await sync_to_async(start_run, thread_sensitive=False)()
        await self.channel_layer.group_add(GROUP, self.channel_name)
        # Who comes late sees how things stand now, and not only the next change.
        status = None
        # An error here would leave the group a member that nobody takes out.
        with suppress(RedisError):
            status = await cache.aget(LAST_STATUS)
        await self.accept()
        self.is_open = True
        if status is not None:
            await self.send_status({'status': status})

    async def disconnect(self, close_code):
        self.is_open = False
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def dispatch(self, message):
        # Channels hops into a thread before each message, to close stale database connections.
        # A status needs no database, and a thousand visitors need no thousand hops.
        if message['type'] == 'send_status':
            await self.send_status(message)
        else:
            await super().dispatch(message)

    # The layer calls this for each message to the group of the type 'send_status'.
    async def send_status(self, event):
        # A message typed in the shell brings a status alone.
        html = event.get('html') or render_to_string(
            'status/partials/current_status.html', {'status': event['status']}
        )
        # Who leaves at this very moment is no error: disconnect() comes next.
        with suppress(Disconnected):
            await self.send(text_data=html)


class UnknownPathConsumer(AsyncWebsocketConsumer):
    async def connect(self):
        # Closed before it was accepted: the browser sees a 403.
        await self.close()
