from django.urls import path, re_path

from .consumers import StatusConsumer, UnknownPathConsumer

websocket_urlpatterns = [
    path('ws/status', StatusConsumer.as_asgi()),
    # Without a last route an unknown path is an error in the server's log.
    re_path('', UnknownPathConsumer.as_asgi()),
]
