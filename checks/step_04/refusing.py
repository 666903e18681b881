"""Step 04: who is refused."""

from __future__ import annotations

from checks.step_04.handshake import ASGI, ROUTING
from checks.step_04.opening import test_runserver_opens_the_websocket
from checks.support.project import Project
from checks.support.sockets import PATH, Refused, Sockets
from checks.support.verdict import NotYet, check

FOREIGN, UNKNOWN = "http://elsewhere.example", "/ws/nobody-is-here"
REFUSAL_SECONDS = 1.5


@check("A page of another site is refused", after=(test_runserver_opens_the_websocket,))
def test_another_site_is_refused(project: Project, sockets: Sockets) -> None:
    seen = _seen_if_let_in(project, sockets, PATH, FOREIGN)
    if seen:
        raise NotYet(
            done=f"opened {PATH} as a page of {FOREIGN} would (the header Origin)",
            seen=seen,
            expected="a refusal: a CSRF token does not guard websockets",
            open=f"{ASGI}: who looks at where a page came from?",
            guide="04, Refuse other sites",
            words=project.process("web").words.tail() if "status 5" in seen else "",
        )


@check(
    "An unknown path is refused without an error of the server",
    after=(test_runserver_opens_the_websocket,),
)
def test_an_unknown_path_is_refused(project: Project, sockets: Sockets) -> None:
    web = project.process("web").words
    place = web.size()
    seen = _seen_if_let_in(project, sockets, UNKNOWN, project.url)
    errors = web.errors_since(place)
    if seen or errors:
        raise NotYet(
            done=f"opened the websocket {UNKNOWN}",
            seen=seen or f"in the server's log: {errors[0]}",
            expected="a refusal in silence: anybody can ask for any path",
            open=f"{ROUTING}: what does the last route do with the rest?",
            guide="04, Refuse unknown paths",
            words=web.tail() if errors else "",
        )


def _seen_if_let_in(project: Project, sockets: Sockets, path: str, origin: str) -> str:
    """Return what was seen instead of a refusal, empty if it was refused."""
    try:
        visitor = sockets.open(project.url, path, origin)
    except Refused as refused:
        return "" if 400 <= refused.status < 500 else refused.seen
    # To accept and then close is a refusal as well: the browser does not try again.
    visitor.wait_for(lambda: not visitor.is_open, REFUSAL_SECONDS)
    if visitor.is_open or visitor.frames:
        return "it opened" + (f", and was sent “{visitor.words[0]}”" if visitor.frames else "")
    return visitor.seen if visitor.close_code == 1011 else ""
