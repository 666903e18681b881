"""Step 04: what the server sends reaches every page, in a form that HTMX can swap."""

from __future__ import annotations

import time
import uuid

from checks.step_04.handshake import CONSUMERS
from checks.step_04.opening import (
    test_runserver_opens_the_websocket,
    test_the_layer_reaches_every_process,
    test_the_live_page_opens_the_websocket,
)
from checks.step_04.page import BASE, GUIDE, PAGE, TEMPLATE, live_elements, shown, why_not_swapped
from checks.step_04.visits import SENT, Beside, Told, send
from checks.support.project import Project
from checks.support.sockets import PATH, SocketVisitor
from checks.support.verdict import CannotTell, NotYet, check

PARTIAL = "templates/status/partials/current_status.html"
GREETING_SECONDS, OPEN_SECONDS, BROWSER_SECONDS = 5, 4, 3


@check(
    "Who connects is sent RUNNING, and HTMX can put it in its place",
    after=(test_runserver_opens_the_websocket, test_the_live_page_opens_the_websocket),
)
def test_who_connects_is_sent_running(project: Project, pages: list[SocketVisitor]) -> None:
    done = f"opened {PATH} and waited"
    frame = pages[0].sees("RUNNING", GREETING_SECONDS)
    if frame is None:
        came = pages[0].words[-1:] or [f"nothing came within {GREETING_SECONDS} s"]
        closed = not pages[0].is_open
        raise NotYet(
            done=done,
            seen=pages[0].seen if closed else f"{came[0][:80]}",
            expected="RUNNING, sent to the visitor who came",
            open=f"{CONSUMERS}, connect: what does it send once it has accepted?",
            guide="04, Write the consumer",
            words=project.process("web").words.tail() if closed else "",
        )
    if reason := why_not_swapped(frame.text, live_elements(project)):
        raise NotYet(
            done=done,
            seen=f"{shown(frame.text)}: {reason}",
            expected="an element inside the one with ws-connect, found by its id: "
            '<span id="status">',
            open=f"{PARTIAL}: which element of {PAGE} does it take the place of?",
            guide="04, Push a partial",
        )


@check(
    "A message sent from another process reaches every open page",
    after=(test_who_connects_is_sent_running, test_the_layer_reaches_every_process),
)
def test_a_message_reaches_every_page(
    project: Project, pages: list[SocketVisitor], told: Told
) -> None:
    if all(told.frames):
        return
    web = project.process("web").words
    closed = next((page for page in pages if not page.is_open), None)
    hint, words = "does connect add the visitor to the group status, and wait for it?", ""
    if closed and "No handler for message type" in web.text():
        hint, words = "which method takes messages of the type send_status?", web.tail()
    elif closed:
        hint, words = "send_status: what do its own words tell?", web.tail()
    elif len(pages[0].frames) > 1:
        hint = "send_status: what does it do with event['status']?"
    reached = sum(frame is not None for frame in told.frames)
    raise NotYet(
        done=f"{SENT}, with two pages open",
        seen=closed.seen if closed else f"{reached} of 2 pages were sent “{told.status}”",
        expected="both of them",
        open=f"{CONSUMERS}: {hint}",
        guide="04, Write the consumer",
        words=words,
    )


@check("What is sent is escaped", after=(test_a_message_reaches_every_page,))
def test_what_is_sent_is_escaped(told: Told) -> None:
    frame = told.frames[0]
    if told.status in frame.words:
        return
    raise NotYet(
        done=f"sent the status {told.status} to the group",
        seen=shown(frame.text),
        expected="text that a browser shows as it was sent: &lt;b&gt;",
        open=f"{CONSUMERS} and {PARTIAL}: does a template write the status, with its escaping on?",
        guide="04, Push a partial",
    )


@check("A browser shows what is sent, without a reload", after=(test_what_is_sent_is_escaped,))
def test_a_browser_shows_what_is_sent(project: Project, beside: Beside) -> None:
    live, name = beside.live, f"BROWSER-{uuid.uuid4().hex[:4]}"
    if live is None:
        raise CannotTell("it takes a Chromium, Chrome or Edge, and none was found: install one")
    live.open(f"{project.url}{PAGE}")
    live.shows("RUNNING", OPEN_SECONDS)  # then its websocket is open
    deadline, is_shown = time.monotonic() + BROWSER_SECONDS, False
    while not is_shown and time.monotonic() < deadline:
        send(project, name)
        is_shown = live.shows(name, 1)
    if is_shown and live.loads == 1:
        return
    if is_shown:
        seen = f"it was shown, but the page was loaded {live.loads} times"
    elif live.problems:
        seen = f"a script complained: {live.problems[0]}"
    elif not live.sockets:
        seen = "the page opened no websocket"
    else:
        seen = f"the text stayed “{live.texts[-1] if live.texts else ''}”"
    raise NotYet(
        done=f"opened {PAGE} in a browser and sent “{name}” to the group",
        seen=seen,
        expected="the new text in the place of the old",
        open=f"{TEMPLATE} and {BASE}: are HTMX and then its extension loaded, each once?",
        guide=GUIDE,
    )
