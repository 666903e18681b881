"""The ✗ for a page that does not say its websocket is closed, or does not reconnect."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing
from pathlib import Path
from threading import Event

from checks.clients.htmx import scripts
from checks.clients.http_client import visiting
from checks.common.connection_sign import BACK_SECONDS, SHOWN_SECONDS, ClosedPage, PageWatch
from checks.harness.project import Project
from checks.harness.proxies.websocket_proxy import WebsocketProxy
from checks.verdicts import CannotTell, NotYet
from workbook.browser import browser
from workbook.passwords import shortened

PAGE = "/live/"
SCRIPT = "static/live.js, or wherever the page listens for htmx:wsOpen and htmx:wsClose"
GUIDE = "04, Show whether the websocket is open"
LISTENS = re.compile(r"ws-?close", re.IGNORECASE)  # a script or an attribute on the page
LIBRARY = re.compile(r"htmx|hx-ws")
# A proxy that restarts closes with 1001, one whose time-out has passed with 1000. From 4000 on a
# code is the application's own.
NORMAL, GOING_AWAY, REFUSED = 1000, 1001, 4401
CODES = (NORMAL, GOING_AWAY, REFUSED)
# The browser's start, and all that is waited for.
CLOSES_SECONDS = 60

ClosedPages = dict[int, ClosedPage]


def closed_pages_at(
    opened: Callable[[], AbstractContextManager[str]], executable: Path, given_up: Event
) -> ClosedPages:
    """Close the websockets of pages with every one of CODES, at the address that `opened` gives.

    Nobody must send there. The browser starts first: a server may be starting meanwhile.
    Ends soon after it is `given_up`.
    """
    with ExitStack() as stack:
        chromium = stack.enter_context(browser(executable))
        url = stack.enter_context(opened())
        proxies = {code: stack.enter_context(closing(WebsocketProxy(url))) for code in CODES}
        return PageWatch(chromium, PAGE, proxies, given_up).run()


def require_sign(pages: ClosedPages, project: Project) -> None:
    """Raise NotYet where a page does not say that its websocket is closed, or open again.

    `project` has the page, to see which scripts it loads.
    """
    _require_opened(pages)
    page = pages[GOING_AWAY]
    if not page.tells_the_close:
        raise _unheard_if_unloaded(
            project,
            f"opened {PAGE} in a browser behind a proxy, which closed the websocket ({page.code})",
            f"{_shown(page.before)}, before and after",
            f"a message that the connection is lost, within {SHOWN_SECONDS:g} s, in an element "
            'with role="status": a status that stays may be an old one',
            "what does the page show when its websocket closes?",
        )
    if page.came_back is not None and not page.tells_the_opening:
        raise _not_yet(
            f"let the page’s next websocket open, after one that was closed with {page.code}",
            f"{_shown(page.again)}, as before it was open",
            f"a message that it is connected, within {SHOWN_SECONDS:g} s, in an element with "
            'role="status"',
            "what does the page show when its websocket opens?",
        )


def require_return(pages: ClosedPages) -> None:
    """Raise NotYet where a page does not reconnect, or reconnects although it was refused."""
    _require_opened(pages)
    for code in (GOING_AWAY, NORMAL):
        if pages[code].came_back is None:
            raise _not_yet(
                f"closed the page’s websocket with {code}, as a proxy may",
                f"no other one within {BACK_SECONDS:g} s",
                "another one: htmx connects again after 1006, 1011, 1012 and 1013 alone",
                "what opens the websocket again after the other codes?",
            )
    refused = pages[REFUSED]
    if refused.came_back is not None:
        raise _not_yet(
            f"closed the page’s websocket with {REFUSED}, as an application that refuses does",
            f"another one after {refused.came_back:.1f} s",
            "none: a code from 4000 on is the application’s own, and refuses for good",
            "which codes does it leave alone?",
        )
    if not refused.tells_the_close:
        raise _not_yet(
            f"closed the page’s websocket with {REFUSED}, as an application that refuses does",
            f"{_shown(refused.before)}, before and after",
            "a message that it is refused: it stays closed",
            "what does the page show then?",
        )


def _unheard_if_unloaded(project: Project, *said: str) -> NotYet:
    """Return the NotYet of `said`; where the page has no script of its own, that is the cause."""
    not_yet = _not_yet(*said)
    with visiting(project.running().url) as visitor:
        page = visitor.get(PAGE)
    own = [one for one in scripts(page) if not LIBRARY.search(one)]
    if not own and not LISTENS.search(page.text):
        not_yet.look_at = (
            "templates/live.html: does it load static/live.js? It loads no script of yours"
        )
    return not_yet


def _require_opened(pages: ClosedPages) -> None:
    if not all(page.opened for page in pages.values()):
        raise CannotTell(
            "the page opened no websocket through a proxy of the checks’ own, on another port"
        )


def _shown(text: str) -> str:
    return f"“{shortened(text, 80, ' …')}”" if text else "no text outside the status"


def _not_yet(done: str, seen: str, expected: str, question: str) -> NotYet:
    return NotYet(
        done=done, seen=seen, expected=expected, look_at=f"{SCRIPT}: {question}", guide=GUIDE
    )
