"""The application around a built site: its pages, the script, and the events of `static/live.js`.

What is the application's own lies below `/-/`, where no page can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from docs_ext.live.events import States, Subscribers
from docs_ext.live.guard import Guard
from docs_ext.live.site import SCRIPT, Site

STATIC = Path(__file__).parent / "static"
EVENTS = "/-/events"


def make_application(
    site: Callable[[], Site], subscribers: Subscribers, token: str, names: Iterable[str] = ()
) -> Starlette:
    """Return the application that serves what `site` returns at the time.

    `token` is what acts must be asked with, `names` are those it answers to besides localhost.
    """

    async def script(_: Request) -> Response:
        return FileResponse(STATIC / "live.js", media_type="text/javascript")

    async def events(request: Request) -> Response:
        path = request.query_params.get("page", "/")

        def states() -> States:
            # The token goes to the pages of this guide alone, by the same way as their news: after
            # a restart of the guide an open page has the new one.
            return {"hello": {"token": token}, "page": {"digest": site().digest(path)}}

        return StreamingResponse(subscribers.stream(states), media_type="text/event-stream")

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        await site().files(scope, receive, send)

    return Starlette(
        routes=[
            Route(SCRIPT, script),
            Route(EVENTS, events),
            Mount("/", page),
        ],
        middleware=[Middleware(Guard, token=token, names=names)],
    )
