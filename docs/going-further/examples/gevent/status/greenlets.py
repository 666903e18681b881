from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from gevent import get_hub


def group_send(group, message):
    """Send from a task of a gevent worker, in a real thread that has no event loop yet."""
    get_hub().threadpool.apply(in_this_thread, (group, message))


def in_this_thread(group, message):
    async_to_sync(get_channel_layer().group_send)(group, message)
