"""Keeps out whoever is not a page of this guide: other sites in the same browser, and other names.

A page of another site can make the browser send requests to this machine. It can't read the answers
unless its own name leads here (DNS rebinding), which the Host header shows; and what acts wants a
token that it can't read.
"""

import re
import secrets
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Another name under which the guide may be asked for, such as that of a forwarded port.
FORWARDED_NAME = "WORKBOOK_GUIDE_HOST"
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
HOST = re.compile(r"(?P<name>\[[0-9a-f:]+\]|[0-9a-z.-]+)(?::[0-9]{1,5})?", re.IGNORECASE)
ORIGIN = re.compile(r"https?://(?P<host>[^/?#@\s]+)", re.IGNORECASE)
TOKEN = "x-workbook-token"
SAFE_METHODS = frozenset({"GET", "HEAD"})
ANSWER_HEADERS = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "content-security-policy": "frame-ancestors 'self'",
    "referrer-policy": "same-origin",
    "cache-control": "no-cache",
}


def name_of(host: str) -> str:
    """Return the name in a Host header, lower-case and without its port; "" for a broken one."""
    found = HOST.fullmatch(host)
    return found["name"].lower().rstrip(".") if found else ""


class Guard:
    """Passes on to `app` what comes from this machine by name, and from no other site's page.

    `names` may be asked for besides those of loopback. `token` is what a request that acts must
    carry in the header `X-Workbook-Token`.
    """

    def __init__(self, app: ASGIApp, token: str, names: Iterable[str] = ()) -> None:
        self._app, self._token = app, token
        self._forwarded = frozenset(name_of(name) for name in names) - {""}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a refused request itself: 421 for a foreign name, 403 for a foreign page."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ANSWER_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        code, sentence = self._refusal(scope)
        answers = PlainTextResponse(f"{sentence}\n", code) if code else self._app
        await answers(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> tuple[int, str]:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or name_of(hosts[0]) not in LOOPBACK_NAMES | self._forwarded:
            return 421, (
                "The guide answers to localhost and 127.0.0.1 alone. Where its port is forwarded,"
                f" name the other one in {FORWARDED_NAME} before you start it."
            )
        is_own = all(self._is_own(origin, hosts[0]) for origin in headers.getlist("origin"))
        if not is_own or is_foreign(headers, scope["method"]):
            return 403, "A page of another site asked for this: it may not."
        if scope["method"] not in SAFE_METHODS and not self._has_token(headers):
            return 403, "The page is older than the guide that runs now: load it again."
        return 0, ""

    def _is_own(self, origin: str, host: str) -> bool:
        found = ORIGIN.fullmatch(origin)
        return bool(found) and (
            found["host"].lower() == host.lower() or name_of(found["host"]) in self._forwarded
        )

    def _has_token(self, headers: Headers) -> bool:
        given = headers.get(TOKEN, "")
        return secrets.compare_digest(given.encode(), self._token.encode())


def is_foreign(headers: Headers, method: str) -> bool:
    """Tell whether the browser says that another site's page asks, other than by a link to here."""
    if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
        return False
    is_link = headers.get("sec-fetch-mode") == "navigate"
    is_tab = headers.get("sec-fetch-dest") == "document"
    return not (is_link and is_tab and method in SAFE_METHODS)
