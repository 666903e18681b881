"""
ASGI config for config project.

It exposes the ASGI callable as a module-level variable named ``application``.

For more information on this file, see
https://docs.djangoproject.com/en/5.2/howto/deployment/asgi/
"""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')

# Django first: it loads the apps that the consumers import.
django_application = get_asgi_application()

from status.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter({
    'http': django_application,
    # CSRF tokens do not guard websockets. Looking at where the page came from does.
    'websocket': AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns)),
})
