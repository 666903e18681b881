import asyncio
from contextlib import suppress

from channels.layers import get_channel_layer
from django.core.cache import cache
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET

from .tasks import GROUP, LAST_STATUS

# A proxy cuts a connection that is silent for too long, often after 60 seconds.
SECONDS_BETWEEN_SIGNS = 15


@require_GET
def page(request):
    return render(request, 'sse.html')


@require_GET
async def stream(request):
    # The second header keeps nginx from collecting the events.
    headers = {'Cache-Control': 'no-cache', 'X-Accel-Buffering': 'no'}
    return StreamingHttpResponse(events(), content_type='text/event-stream', headers=headers)


async def events():
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    waiting = asyncio.ensure_future(layer.receive(channel))
    try:
        # Daphne keeps the headers back until there is something to send.
        yield ': hello\n\n'
        status = await cache.aget(LAST_STATUS)
        if status is not None:
            yield event(rendered({'status': status}))
        while True:
            # Not asyncio.timeout(): a receive() that is broken off unsubscribes, and would miss
            # what is sent until the next one has subscribed.
            await asyncio.wait([waiting], timeout=SECONDS_BETWEEN_SIGNS)
            if not waiting.done():
                yield ': still here\n\n'
                continue
            message = waiting.result()
            waiting = asyncio.ensure_future(layer.receive(channel))
            yield event(rendered(message))
    finally:
        # The visitor left. Without these two the group would keep a member who is gone.
        waiting.cancel()
        await layer.group_discard(GROUP, channel)
        # Where a status had just arrived there was no wait to cancel, and the channel would stay:
        # wait once more, for no time at all.
        if channel in layer.channels:
            with suppress(TimeoutError):
                async with asyncio.timeout(0):
                    while True:
                        await layer.receive(channel)


def rendered(message):
    return render_to_string(
        'status/partials/current_status.html', {'status': message['status']}
    )


def event(text):
    """Return a server-sent event: each line of the text behind 'data: ', then an empty line."""
    return ''.join(f'data: {line}\n' for line in text.splitlines()) + '\n'
