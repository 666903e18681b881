"""Step 04's exercise: how many pages are open, told to all of them."""

import re

from checks.clients.dom import Element, elements_of
from checks.clients.websocket_client import Refused, Sockets, WebsocketClient, opened_sockets
from checks.common.live_markup import PAGE, live_elements
from checks.harness.project import Project
from checks.pace import patience
from checks.step_04 import test_setup_websocket as step
from checks.verdicts import Open, exercise

PLACE = "visitors"
TOLD_SECONDS = 5
CONSUMERS = "status/consumers.py"


@exercise(
    "show how many pages are open, to all of them",
    after=(step.test_the_live_page_opens_the_websocket,),
    left_out=True,
)
def test_your_turn(project: Project) -> None:
    if not any(element.id == PLACE for element in live_elements(project)):
        raise Open(f'{PAGE} has no place for the number yet: <span id="{PLACE}">.')
    with opened_sockets() as sockets:
        first = _open(project, sockets)
        others = _number_before(first) - 1
        second = _open(project, sockets)
        _require(first, others + 2, "a second page is opened", who="the first one")
        _require(second, others + 2, "a second page is opened", who="that page itself")
        second.break_off()
        _require(first, others + 1, "the second page vanishes without a close", who="the first one")
        third = _open(project, sockets)
        _require(first, others + 2, "another page is opened", who="the first one")
        third.close()
        _require(first, others + 1, "that page is closed", who="the first one")


def _open(project: Project, sockets: Sockets) -> WebsocketClient:
    try:
        return sockets.open(project.url)
    except Refused as refused:
        raise Open(f"A page’s websocket does not open: {refused.seen}. {CONSUMERS}?") from None


def _number_before(page: WebsocketClient) -> int:
    """Return what the first page is told: 1, or more where pages of other checks are open."""
    page.wait_for(lambda: _number(page) is not None, TOLD_SECONDS)
    number = _number(page)
    if number is None:
        raise Open(
            f"{PAGE} has a place for the number, and a page that is opened is sent none within "
            f"{patience(TOLD_SECONDS):g} s. {CONSUMERS}, connect: who tells it?"
        )
    return number


def _require(page: WebsocketClient, number: int, done: str, who: str) -> None:
    """Require that a page is told `number`. A page that was told another one may be told late."""
    if page.wait_for(lambda: _number(page) == number, TOLD_SECONDS):
        return
    if not page.is_open:
        raise Open(f"When {done}, {who} loses its connection: {page.seen}. {CONSUMERS}?")
    is_leaving = "closed" in done or "vanishes" in done
    question = (
        "which method is called when a page leaves, however it leaves, and whom does it tell?"
        if is_leaving
        else "who is sent it when somebody connects?"
    )
    raise Open(f"When {done}, {who} shows {_number(page)}, not {number}. {CONSUMERS}: {question}")


def _number(page: WebsocketClient) -> int | None:
    """Return the number that a page shows now, None if it was sent none."""
    for frame in reversed(page.frames):
        for element in elements_of(frame.text):
            if _goes_there(element) and (found := re.search(r"\d+", element.text)):
                return int(found[0])
    return None


def _goes_there(element: Element) -> bool:
    return element.id == PLACE or (element.get("hx-swap-oob") or "").endswith(f":#{PLACE}")
