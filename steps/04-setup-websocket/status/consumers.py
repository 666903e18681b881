from contextlib import suppress

from autobahn.exception import Disconnected
from channels.generic.websocket import AsyncWebsocketConsumer
from django.template.loader import render_to_string
from redis.exceptions import RedisError

GROUP = 'status'


class StatusConsumer(AsyncWebsocketConsumer):
    is_open = False

    async def __call__(self, scope, receive, send):
        try:
            await super().__call__(scope, receive, send)
        except RedisError:
            # An error's close code lets HTMX come again; a good end would not.
            if self.is_open:
                raise
            # Redis is away. Turned away with a 403, HTMX tries again by itself.
            await send({'type': 'websocket.close'})

    async def connect(self):
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()
        self.is_open = True
        # Greet this visitor alone: a group_send would reach everybody again.
        await self.send_status({'status': 'RUNNING'})

    async def disconnect(self, close_code):
        self.is_open = False
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    # The layer calls this for each message to the group of the type 'send_status'.
    async def send_status(self, event):
        html = render_to_string('status/partials/current_status.html', {'status': event['status']})
        # Who leaves at this very moment is no error: disconnect() comes next.
        with suppress(Disconnected):
            await self.send(text_data=html)


class UnknownPathConsumer(AsyncWebsocketConsumer):
    async def connect(self):
        # Closed before it was accepted: the browser sees a 403.
        await self.close()
