from django.urls import path

from .consumers import ChatConsumer

websocket_urlpatterns = [path("ws/status", ChatConsumer.as_asgi())]
