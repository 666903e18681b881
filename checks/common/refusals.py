"""Whether a websocket opens that should be refused."""

from checks.clients.dom import shown
from checks.clients.websocket_client import Refused, Sockets

REFUSAL_SECONDS = 1.5


def seen_if_let_in(sockets: Sockets, url: str, path: str, origin: str) -> str:
    """Return what was seen instead of a refusal, empty if it was refused."""
    try:
        visitor = sockets.open(url, path, origin)
    except Refused as refused:
        return "" if 400 <= refused.status < 500 else refused.seen
    # To accept and then close is a refusal as well: the browser does not try again.
    visitor.wait_for(lambda: not visitor.is_open, REFUSAL_SECONDS)
    if visitor.is_open or visitor.frames:
        return "it opened" + (
            f", and was sent {shown(visitor.frames[0].text)}" if visitor.frames else ""
        )
    return visitor.seen if visitor.close_code == 1011 else ""
