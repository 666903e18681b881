"""How the original listing sends a status: the lines of its loop, with the benchmark's status."""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

channel_layer = get_channel_layer()


def send(stamp: int) -> None:
    """Send a status that carries `stamp`."""
    async_to_sync(channel_layer.group_send)(  # Send message to WebSocket
        "status", {"type": "send_status", "status": f"RUNNING {stamp}"}
    )
