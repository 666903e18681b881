"""The application around a built site: its pages, the script, and the events of `static/live.js`.

What is the application's own lies below `/-/`, where no page can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from docs_ext.live.check_states import CheckStates
from docs_ext.live.events import States, Subscribers
from docs_ext.live.guard import Guard
from docs_ext.live.site import SCRIPT, STYLES, Site
from docs_ext.live.tool_calls import ToolCalls

STATIC = Path(__file__).parent / "static"
EVENTS, CHECK, HINT = "/-/events", "/-/check", "/-/hint"
TYPES = {SCRIPT: "text/javascript", STYLES: "text/css"}


@dataclass(frozen=True)
class Live:
    """What the application tells of: the site at the time, the checks' states, and what goes on."""

    site: Callable[[], Site]
    states: CheckStates
    calls: ToolCalls
    subscribers: Subscribers
    token: str

    def states_for(self, path: str) -> States:
        """Return what the page at an address' `path` is told."""
        checks = self.states.of(path)
        # The token goes to the pages of this guide alone, by the same way as their news: after a
        # restart of the guide an open page has the new one.
        return {
            "hello": {"token": self.token},
            "page": {"digest": self.site().digest(path)},
            "checks": checks,
            "run": self.calls.run_of(checks["label"]) if checks else None,
        }


def make_application(live: Live, names: Iterable[str] = ()) -> Starlette:
    """Return the application; `names` are those that it answers to besides localhost's."""

    async def static(request: Request) -> Response:
        path = request.url.path
        return FileResponse(STATIC / path.rpartition("/")[2], media_type=TYPES[path])

    async def events(request: Request) -> Response:
        path = request.query_params.get("page", "/")
        stream = live.subscribers.stream(lambda: live.states_for(path))
        return StreamingResponse(stream, media_type="text/event-stream")

    async def check(request: Request) -> Response:
        label = request.query_params.get("label", "")
        if not live.states.has(label):
            return unknown(label)
        return JSONResponse({"began": live.calls.check(label)}, 202)

    async def hint(request: Request) -> Response:
        label = request.query_params.get("label", "")
        if not live.states.has(label):
            return unknown(label)
        return JSONResponse({"text": await live.calls.hint(label)})

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        await live.site().files(scope, receive, send)

    return Starlette(
        routes=[
            *(Route(path, static) for path in TYPES),
            Route(EVENTS, events),
            Route(CHECK, check, methods=["POST"]),
            Route(HINT, hint, methods=["POST"]),
            Mount("/", page),
        ],
        middleware=[Middleware(Guard, token=live.token, names=names)],
    )


def unknown(label: str) -> Response:
    """Return the answer where no step and no lesson is called `label`."""
    return JSONResponse({"problem": f"There is no step or lesson “{label}”."}, 404)
