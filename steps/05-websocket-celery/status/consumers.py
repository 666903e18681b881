from asgiref.sync import sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.core.cache import cache
from django.template.loader import render_to_string

from .tasks import GROUP, LAST_STATUS, send_status_periodically


class StatusConsumer(AsyncWebsocketConsumer):
    async def connect(self):
        # Celery sends with blocking calls. In a thread they hold up this visitor alone.
        await sync_to_async(send_status_periodically.delay, thread_sensitive=False)()
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()
        # A late visitor sees how things stand now, and not only the next change.
        status = await cache.aget(LAST_STATUS)
        if status is not None:
            await self.send_status({'status': status})

    async def disconnect(self, close_code):
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    # The layer calls this for each message to the group of the type 'send_status'.
    async def send_status(self, event):
        html = render_to_string('status/partials/current_status.html', {'status': event['status']})
        await self.send(text_data=html)
