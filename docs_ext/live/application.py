"""The application around a built site: its pages, the script, and the events of `static/live.js`.

What is the application's own lies below `/-/`, where no page can be.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from docs_ext.live.check_states import CheckStates
from docs_ext.live.editors import Editor, spot
from docs_ext.live.events import States, Subscribers
from docs_ext.live.guard import Guard
from docs_ext.live.reading import Reading
from docs_ext.live.site import SCRIPT, STYLES, Site
from docs_ext.live.watcher import Watcher

STATIC = Path(__file__).parent / "static"
EVENTS, CHECK, HINT, OPEN = "/-/events", "/-/check", "/-/hint", "/-/open"
TYPES = {SCRIPT: "text/javascript", STYLES: "text/css"}

Act = Callable[[str], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Live:
    """What the application tells of: the site at the time, the checks' states, and what goes on.

    `hint` returns what leads on in a step or lesson. `editor` opens files, where there is one.
    """

    site: Callable[[], Site]
    states: CheckStates
    watcher: Watcher
    reading: Reading
    subscribers: Subscribers
    token: str
    hint: Callable[[str], Awaitable[str]]
    editor: Editor | None = None

    def states_for(self, path: str) -> States:
        """Return what the page at an address' `path` is told."""
        checks = self.states.of(path)
        # The token goes to the pages of this guide alone, by the same way as their news: after a
        # restart of the guide an open page has the new one.
        return {
            "hello": {"token": self.token, "opens": self.editor is not None},
            "page": {"digest": self.site().digest(path)},
            "checks": checks,
            "way": self.states.way(path),
            "watch": self.watcher.state_of(checks["label"]) if checks else None,
        }

    def open_file(self, label: str) -> str:
        """Open the file that the first ✗ of a step speaks of; return why not, "" where it is."""
        cross = self.states.first_cross(label)
        found = cross and spot(cross, self.states.work)
        if not self.editor or not cross or not found:
            return "There is no such file in work/ yet."
        try:
            self.editor.open(*found)
        except OSError as error:
            return f"The editor could not be started: {error.strerror}."
        return ""

    async def events(self, path: str) -> AsyncIterator[bytes]:
        """Yield the events for the page at an address' `path`, which is read meanwhile."""
        with self.reading.page(self.states.label_of(path)):
            async for event in self.subscribers.stream(lambda: self.states_for(path)):
                yield event


def make_application(live: Live, names: Iterable[str] = ()) -> Starlette:
    """Return the application; `names` are those that it answers to besides localhost's."""

    async def static(request: Request) -> Response:
        path = request.url.path
        return FileResponse(STATIC / path.rpartition("/")[2], media_type=TYPES[path])

    async def events(request: Request) -> Response:
        path = request.query_params.get("page", "/")
        return StreamingResponse(live.events(path), media_type="text/event-stream")

    async def check(label: str) -> Response:
        live.watcher.check(label)
        return JSONResponse({}, 202)

    async def hint(label: str) -> Response:
        await live.watcher.pause(label)
        return JSONResponse({"text": await live.hint(label)})

    async def open_file(label: str) -> Response:
        return JSONResponse({"problem": live.open_file(label)})

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        await live.site().files(scope, receive, send)

    return Starlette(
        routes=[
            *(Route(path, static) for path in TYPES),
            Route(EVENTS, events),
            Route(CHECK, acting(live.states, check), methods=["POST"]),
            Route(HINT, acting(live.states, hint), methods=["POST"]),
            Route(OPEN, acting(live.states, open_file), methods=["POST"]),
            Mount("/", page),
        ],
        middleware=[Middleware(Guard, token=live.token, names=names)],
    )


def acting(states: CheckStates, act: Act) -> Endpoint:
    """Return what answers a request by `act` on the step or lesson it names, unless refused."""

    async def answer(request: Request) -> Response:
        label = request.query_params.get("label", "")
        return refusal(states, label) or await act(label)

    return answer


def refusal(states: CheckStates, label: str) -> Response | None:
    """Return the answer where nothing can be started with the checks of `label`; else None."""
    if not states.has(label):
        return JSONResponse({"problem": f"There is no step or lesson “{label}”."}, 404)
    if not states.has_work:
        return JSONResponse({"problem": "There is no work/ yet."}, 409)
    return None
