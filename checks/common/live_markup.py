"""The page with the websocket: what /live/ contains, and whether htmx can swap in what comes."""

import re
from urllib.parse import urljoin, urlsplit

from checks.clients.addresses import is_elsewhere, resolved
from checks.clients.dom import Element, elements_of, shown
from checks.clients.http_client import Visitor, visiting
from checks.clients.websocket_client import PATH
from checks.common.evidence import explain_answer
from checks.harness.diagnosis.causes import FRAMES
from checks.harness.diagnosis.evidence import Evidence
from checks.harness.diagnosis.explain import explain
from checks.harness.project import Project
from checks.verdicts import NotYet

PAGE = "/live/"
PARTIAL = "templates/status/partials/current_status.html"
TEMPLATE, BASE = "templates/live.html", "templates/_base.html"
GUIDE = "04, Open the websocket from the page"


def live_elements(project: Project) -> list[Element]:
    """Return the elements of /live/. Raises NotYet if it isn't a page."""
    with visiting(project.running().url) as visitor:
        answer = visitor.get(PAGE)
    if answer.status != 200:
        not_yet = NotYet(
            done=answer.done,
            seen=answer.seen,
            expected="a page",
            look_at="status/views.py and its template"
            if answer.status >= 500
            else "status/urls.py: which address has the new page?",
            guide=GUIDE,
            words=project.process("web").log.tail() if answer.status >= 500 else "",
        )
        raise explain_answer(not_yet, project, answer)
    return elements_of(answer.text)


def socket_element(elements: list[Element]) -> Element | None:
    """Return the element that opens the websocket."""
    return next((one for one in elements if one.get("ws-connect") is not None), None)


def why_not_swapped(fragment: str, page: list[Element]) -> str:
    """Return why htmx could not put a pushed fragment into the page, empty if it could.

    htmx takes each element at the fragment's top. Its id, or the selector in hx-swap-oob, says
    which element of the page gives way.
    """
    tops = [element for element in elements_of(fragment) if element.parent is None]
    if not tops:
        return "that is text without an element, so htmx does not know where it goes"
    holds_socket = list(connecting.lineage()) if (connecting := socket_element(page)) else []
    for top in tops:
        style, _, selector = (top.get("hx-swap-oob") or "").partition(":")
        if selector and not selector.startswith("#"):
            continue  # more than an id: the browser tells
        name = selector.removeprefix("#") or top.id
        if not name:
            return "without an id, so htmx does not know where it goes"
        place = next((element for element in page if element.id == name), None)
        if place is None:
            return f"{PAGE} has no element with the id {name}"
        if place in holds_socket and style in ("", "true", "outerHTML"):
            return "it takes the place of the element with ws-connect, and closes its websocket"
    return ""


def require_swappable(project: Project, came: str, page: list[Element], *, done: str) -> None:
    """Raise NotYet where the markup alone tells that what `came` can take no place on the page."""
    if reason := why_not_swapped(came, page):
        not_yet = NotYet(
            done=done,
            seen=f"{shown(came)}: {reason}",
            expected="an element inside the one with ws-connect, found by its id: "
            '<span id="status">',
            look_at=f"{PARTIAL}: which element of {PAGE} does it take the place of?",
            guide="04, Push a partial",
        )
        raise explain(not_yet, Evidence(came, project.folder), causes=FRAMES)


def missing(seen: str, expected: str, place: str = TEMPLATE) -> NotYet:
    return NotYet(done=f"GET {PAGE}", seen=seen, expected=expected, look_at=place, guide=GUIDE)


def require_connecting(elements: list[Element], url: str) -> None:
    """Raise NotYet unless an element of the page at `url` opens the websocket there."""
    element = socket_element(elements)
    if element is None:
        raise missing("no element with ws-connect", f'one with ws-connect="{PATH}"')
    address = element.get("ws-connect") or ""
    parts = urlsplit(address)
    if is_elsewhere(url, address):
        raise missing(
            f'ws-connect="{resolved(url, address)}": that is another server than the page’s, '
            "whatever listens there",
            f'ws-connect="{PATH}", without a host: htmx takes the one that the page came from',
        )
    if parts.path != PATH:
        raise missing(f'ws-connect="{address}"', f'ws-connect="{PATH}", exactly so')
    names = [around.get("hx-ext") or "" for around in element.lineage()]
    if "ws" not in re.split(r"[\s,]+", ",".join(names)):
        said = next(filter(None, names), None)
        raise missing(
            f'hx-ext="{said}"' if said else "no hx-ext on that element or around it",
            'hx-ext="ws": without it htmx does not read ws-connect',
        )


def require_extension(project: Project, elements: list[Element]) -> None:
    """Raise NotYet unless a script of the project's own brings the extension."""
    scripts = [element for element in elements if element.tag == "script"]
    with visiting(project.url) as visitor:
        if any(_brings_extension(visitor, script) for script in scripts):
            return
    sources = [script.attributes.get("src", "") for script in scripts]
    foreign = [source for source in sources if _is_foreign(source)]
    own = [source for source in sources if source and source not in foreign]
    seen = "none of its scripts is htmx's extension for websockets"
    if foreign:
        seen += f"; from other hosts come {', '.join(foreign)}"
    elif own:
        seen += f" (it loads {', '.join(own)})"
    place = TEMPLATE
    if own and not project.loaded()["debug"]:
        place = "config/settings.py, DEBUG: with it off, runserver serves no static files"
    raise missing(seen, "the extension, served by your project: django-htmx brings it along", place)


def _is_foreign(source: str) -> bool:
    return bool(urlsplit(source).netloc)


def _brings_extension(visitor: Visitor, script: Element) -> bool:
    source = script.attributes.get("src")
    if source is None:
        text = "".join(script.pieces)
    elif _is_foreign(source):
        return False
    else:
        answer = visitor.get(urljoin(PAGE, source))
        text = answer.text if answer.status == 200 else ""
    return "ws-connect" in text and "defineExtension" in text
