from channels.generic.websocket import AsyncWebsocketConsumer
from django.template.loader import render_to_string

GROUP = 'status'


class StatusConsumer(AsyncWebsocketConsumer):
    async def connect(self):
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()
        # Greet this visitor alone: a group_send would reach everybody again.
        await self.send_status({'status': 'RUNNING'})

    async def disconnect(self, close_code):
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    # The layer calls this for each message to the group of the type 'send_status'.
    async def send_status(self, event):
        html = render_to_string('status/partials/current_status.html', {'status': event['status']})
        await self.send(text_data=html)
