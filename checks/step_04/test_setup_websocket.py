"""Step 04: the server speaks first."""

from __future__ import annotations

import time
import uuid
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from checks.clients.background import Later
from checks.clients.dom import shown
from checks.clients.websocket_client import PATH, Refused, Sockets, WebsocketClient
from checks.common import startup_checks
from checks.common.connection import CLOSES_SECONDS, require_return, require_sign
from checks.common.evidence import explain_logs
from checks.common.group import leftovers
from checks.common.live_markup import (
    BASE,
    GUIDE,
    PAGE,
    PARTIAL,
    TEMPLATE,
    live_elements,
    missing,
    require_connecting,
    require_extension,
    require_swappable,
)
from checks.common.refusals import seen_if_let_in
from checks.harness.diagnosis.causes import FRAMES
from checks.harness.diagnosis.evidence import Evidence
from checks.harness.diagnosis.explain import explain
from checks.harness.process_log import learners_frames
from checks.harness.project import IDLE, Project
from checks.pace import patience
from checks.step_04.fixtures import (
    IDLE_PATIENCE_SECONDS,
    IDLE_SECONDS,
    REACH_SECONDS,
    SENT,
    GroupMessage,
    send,
)
from checks.step_04.handshake import ASGI, CONSUMERS, SETTINGS, open_page
from checks.verdicts import NotYet, check
from workbook.runtime.waiting import wait_until

if TYPE_CHECKING:
    from checks.clients.browser import LivePage
    from checks.common.connection import ClosedPages

GREETING_SECONDS, OPEN_SECONDS, BROWSER_SECONDS = 5, 4, 3
MORE_SECONDS = 1  # how long a greeting may come after something else that was sent
ALONE_SECONDS, LEAVING_SECONDS = patience(15), patience(4)
FOREIGN = "http://elsewhere.example"

test_django_loads_your_project = startup_checks.test_django_loads_your_project


test_the_processes_start = startup_checks.test_the_processes_start


@check("runserver opens the websocket /ws/status", after=(test_the_processes_start,))
def test_runserver_opens_the_websocket(project: Project, sockets: Sockets) -> None:
    open_page(project, sockets)


@check("The channel layer reaches every process", after=(test_django_loads_your_project,))
def test_the_layer_reaches_every_process(project: Project) -> None:
    layers = project.loaded()["channel_layers"]
    backend = layers.get("default", {}).get("BACKEND", "")
    if not backend or backend.endswith("InMemoryChannelLayer"):
        raise NotYet(
            done="read CHANNEL_LAYERS",
            seen=f"{backend}: each process has one of its own" if backend else "no default layer",
            expected="a layer in Redis, which the shell, the worker and the web server share",
            look_at=f"{SETTINGS}, CHANNEL_LAYERS",
            guide="04, The channel layer",
        )


@check(
    "/live/ opens the websocket and has a place for the status",
    after=(test_runserver_opens_the_websocket,),
)
def test_the_live_page_opens_the_websocket(project: Project) -> None:
    elements = live_elements(project)
    require_connecting(elements, f"{project.url}{PAGE}")
    if not any(element.id == "status" for element in elements):
        raise missing('no element with id="status"', 'one, such as <span id="status">')
    require_extension(project, elements)


@check(
    "A visitor who connects is sent RUNNING, and htmx can swap it in",
    after=(test_runserver_opens_the_websocket, test_the_live_page_opens_the_websocket),
)
def test_who_connects_is_sent_running(project: Project, pages: list[WebsocketClient]) -> None:
    done = f"opened {PATH} and waited"
    for page in pages:
        page.wait_for(partial(bool, page.frames), GREETING_SECONDS)
        frame = page.sees("RUNNING", MORE_SECONDS)
        if frame is None:
            break
    if frame is None:
        # The markup, not its words: what is empty is the element that should hold one.
        came = [shown(frame.text) for frame in page.frames[-1:]] or [
            f"nothing came within {patience(GREETING_SECONDS):g} s"
        ]
        closed = not page.is_open
        not_yet = NotYet(
            done=done if page is pages[0] else f"{done}, as a second visitor",
            seen=page.seen if closed else came[0],
            expected="RUNNING, sent to the visitor who connected",
            look_at=f"{CONSUMERS}, connect: what does it send once it has accepted?",
            guide="04, Greet the visitor",
            words=project.process("web").log.tail() if closed else "",
        )
        told = explain_logs(not_yet, project, "web")
        pushed = [Evidence(frame.text, project.folder) for frame in page.frames[-1:]]
        raise explain(told, *pushed, causes=FRAMES) if told is not_yet else told
    require_swappable(project, frame.text, live_elements(project), done=done)


@check(
    "A message sent from another process reaches every open page",
    after=(test_who_connects_is_sent_running, test_the_layer_reaches_every_process),
)
def test_a_message_reaches_every_page(
    project: Project, pages: list[WebsocketClient], group_message: GroupMessage
) -> None:
    if all(group_message.frames):
        if not _has_periodic_task(project):
            _require_own_greetings(pages, group_message)
        _require_second_message(project, pages)
        return
    web = project.process("web").log
    closed = next((page for page in pages if not page.is_open), None)
    hint, words = "does connect add the visitor to the group status, and wait for it?", ""
    if closed:
        hint, words = "send_status: what does the log say?", web.tail()
    elif len(pages[0].frames) > 1:
        hint = "send_status: what does it do with event['status']?"
    reached = sum(frame is not None for frame in group_message.frames)
    not_yet = NotYet(
        done=f"{SENT}, with two pages open",
        seen=closed.seen if closed else f"{reached} of 2 pages were sent “{group_message.status}”",
        expected="both of them",
        look_at=f"{CONSUMERS}: {hint}",
        guide="04, Write the consumer",
        words=words,
    )
    raise explain_logs(not_yet, project, "web")


def _has_periodic_task(project: Project) -> bool:
    """Tell whether the project is as far as step 05, whose run sends RUNNING again by itself."""
    files = (project.folder / "status").rglob("*.py")
    return any("send_status_periodically" in one.read_text("utf-8", "replace") for one in files)


def _require_own_greetings(pages: list[WebsocketClient], message: GroupMessage) -> None:
    """Raise NotYet where a page that was open is greeted again when another one comes."""
    for page, frame in zip(pages, message.frames, strict=True):
        assert frame is not None, "the message reached every page"
        before = [one.text for one in page.frames[: page.frames.index(frame)]]
        if before.count(before[0]) > 1:
            raise NotYet(
                done=f"opened {PATH} a second time, with a first page open",
                seen="the first page was sent its greeting again: it would hide a newer status",
                expected="RUNNING, sent to the visitor who connected, and to nobody else",
                look_at=f"{CONSUMERS}, connect: to whom does it send the greeting?",
                guide="04, Greet the visitor",
            )


def _require_second_message(project: Project, pages: list[WebsocketClient]) -> None:
    """Raise NotYet where a page is sent one message of the group, and then no more."""
    name = f"AGAIN-{uuid.uuid4().hex[:4]}"
    send(project, name)
    if all(page.sees(name, REACH_SECONDS) for page in pages):
        return
    closed = next((page for page in pages if not page.is_open), None)
    raise NotYet(
        done=f"{SENT}, a second time",
        seen=closed.seen if closed else "the first came, and the second did not",
        expected="every message, as long as the page is open",
        look_at=f"{CONSUMERS}, send_status: what does it leave behind?",
        guide="04, Write the consumer",
        words=project.process("web").log.tail() if closed else "",
    )


@check("What is sent is escaped", after=(test_a_message_reaches_every_page,))
def test_what_is_sent_is_escaped(group_message: GroupMessage) -> None:
    frame = group_message.frames[0]
    assert frame is not None, "test_a_message_reaches_every_page holds"
    if group_message.status in frame.words:
        return
    raise NotYet(
        done=f"sent the status {group_message.status} to the group",
        seen=shown(frame.text),
        expected="text that a browser shows as it was sent: &lt;b&gt;",
        look_at=f"{CONSUMERS} and {PARTIAL}: "
        "does a template write the status, with its escaping on?",
        guide="04, Push a partial",
    )


@check("A browser shows what is sent, without a reload", after=(test_what_is_sent_is_escaped,))
def test_a_browser_shows_what_is_sent(project: Project, live_page: LivePage) -> None:
    name = f"BROWSER-{uuid.uuid4().hex[:4]}"
    with closing(live_page) as live:  # a later check counts who has not left
        live.open(f"{project.url}{PAGE}")
        live.shows("RUNNING", OPEN_SECONDS)  # then its websocket is open
        deadline, is_shown = time.monotonic() + patience(BROWSER_SECONDS), False
        while not is_shown and time.monotonic() < deadline:
            send(project, name)
            is_shown = live.shows(name, 1)
    if is_shown and live.loads == 1:
        return
    if is_shown:
        seen = f"it was shown, but the page was loaded {live.loads} times"
    elif live.problems:
        seen = f"a script reported an error: {live.problems[0]}"
    elif not live.sockets:
        seen = "the page opened no websocket"
    else:
        seen = f"the text stayed “{live.texts[-1] if live.texts else ''}”"
    raise NotYet(
        done=f"opened {PAGE} in a browser and sent “{name}” to the group",
        seen=seen,
        expected="the new text in the place of the old",
        look_at=f"{TEMPLATE} and {BASE}: are htmx and then its extension loaded, each once?",
        guide=GUIDE,
    )


@check("A page of another site is refused", after=(test_runserver_opens_the_websocket,))
def test_another_site_is_refused(project: Project, sockets: Sockets) -> None:
    seen = seen_if_let_in(sockets, project.url, PATH, FOREIGN)
    if seen:
        raise NotYet(
            done=f"opened {PATH} as a page of {FOREIGN} would (the header Origin)",
            seen=seen,
            expected="a refusal: a CSRF token does not guard websockets",
            # What looks at those lets every page in then.
            look_at=f"{SETTINGS}, ALLOWED_HOSTS: which hosts may a page come from?"
            if "*" in project.loaded()["allowed_hosts"]
            else f"{ASGI}: what checks where a page came from?",
            guide="04, Refuse other sites",
            words=project.process("web").log.tail() if "status 5" in seen else "",
        )


@check(
    "The page says whether its websocket is open", after=(test_the_live_page_opens_the_websocket,)
)
def test_the_page_says_whether_it_is_connected(
    project: Project, closed_pages: Later[ClosedPages]
) -> None:
    require_sign(closed_pages.result(CLOSES_SECONDS), project)


@check(
    "The page connects again after every close but a refusal",
    after=(test_the_page_says_whether_it_is_connected,),
)
def test_the_page_connects_again(closed_pages: Later[ClosedPages]) -> None:
    require_return(closed_pages.result(CLOSES_SECONDS))


@check(
    f"A silent websocket is still open after {IDLE_SECONDS} seconds",
    after=(test_a_message_reaches_every_page,),
)
def test_a_silent_websocket_stays_open(
    project: Project, silent_page: Later[WebsocketClient]
) -> None:
    done = f"opened {PATH} and watched it for {IDLE_SECONDS} s, with nobody sending"
    try:
        page = silent_page.result(IDLE_PATIENCE_SECONDS)
    except Refused as refused:
        page, seen = None, refused.seen
    if page and page.is_open:
        return
    words = project.process(IDLE).log.tail()
    place = f"{CONSUMERS}: what ends it?"
    if "Timeout" in words:
        place = (
            f"{SETTINGS}, CHANNEL_LAYERS: redis-py 8 gives a silent Redis 5 s (socket_timeout). "
            "How long does this layer listen?"
        )
    raise NotYet(
        done=done,
        seen=page.seen if page else seen,
        expected="a websocket that stays open as long as the page",
        look_at=place,
        guide="04, The channel layer",
        words=words,
    )


@check("Any ASGI server can load config.asgi:application", after=(test_the_processes_start,))
def test_any_server_can_load_the_application(project: Project, loading_alone: None) -> None:
    deadline = time.monotonic() + ALONE_SECONDS
    while (loaded := project.ask("load_asgi"))["exit_code"] is None and time.monotonic() < deadline:
        time.sleep(0.02)
    if loaded["exit_code"] == 0:
        return
    words = learners_frames(loaded["said"], project.folder)
    not_yet = NotYet(
        done="loaded config.asgi:application in a Python of its own, as a server does",
        seen=words.rpartition("\n")[2] or f"no end within {ALONE_SECONDS:g} s",
        expected="an application: Django is loaded first, and then what needs its models",
        look_at=f"{ASGI}: in which order are things imported there?",
        guide="04, Serve websockets",
        words=words,
    )
    raise explain(not_yet, Evidence(loaded["said"], project.folder))


@check("A visitor who leaves is no longer in the group", after=(test_a_message_reaches_every_page,))
def test_a_visitor_who_leaves_is_no_member(project: Project, sockets: Sockets) -> None:
    sockets.close()
    wait_until(lambda: not leftovers(project.redis.url).members, LEAVING_SECONDS)
    if left := leftovers(project.redis.url).members:
        raise NotYet(
            done="closed every page, then counted in Redis who belongs to the group status",
            seen=f"{left} left behind",
            expected="none: the next message would still be sent there",
            look_at=f"{CONSUMERS}: what undoes the group_add of connect?",
            guide="04, Write the consumer",
        )
    page = open_page(project, sockets)
    if not page.sees("RUNNING", GREETING_SECONDS):
        raise NotYet(
            done="closed every page, then opened one again",
            seen="nothing was sent" if page.is_open else page.seen,
            expected="RUNNING, as for the first visitor",
            look_at=f"{CONSUMERS}, disconnect: what does it break for later visitors?",
            guide="04, Write the consumer",
            words=project.process("web").log.tail(),
        )


test_no_migration_is_missing = startup_checks.test_no_migration_is_missing
