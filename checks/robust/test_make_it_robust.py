"""The further lesson robust: what step 05 does when something around it breaks."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from checks.clients.background import Later
from checks.clients.htmx import is_whole_page, quoted
from checks.clients.http_client import Answer
from checks.clients.websocket_client import PATH as SOCKET_PATH
from checks.clients.websocket_client import Refused, Sockets, WebsocketClient
from checks.common import startup_checks
from checks.common.evidence import explain_answer, explain_logs
from checks.common.project_files import CONSUMERS, SETTINGS
from checks.common.queues import waiting
from checks.common.refusals import seen_if_let_in
from checks.common.sent_task import PATH
from checks.harness.diagnosis.causes import LOCKED_TABLES, SESSION_NOT_STORED
from checks.harness.diagnosis.evidence import of_page
from checks.harness.diagnosis.explain import explain
from checks.harness.probe_client import ProbeError
from checks.harness.project import FROZEN, IDLE, Project
from checks.pace import patience
from checks.robust.behind_proxy import Refusals
from checks.robust.fixtures import (
    BEGIN_SECONDS,
    HEARTBEAT_SECONDS,
    UPDATE_SECONDS,
    SilentTask,
    heartbeat_at,
)
from checks.robust.leaving import (
    SLOW_VISITORS,
    VISITORS,
    fail_in_the_consumer,
    leave_while_statuses_arrive,
)
from checks.robust.locked_tables import PATIENCE_SECONDS, NotStored
from checks.verdicts import CannotTell, NotYet, check
from workbook.runtime.waiting import wait_until

if TYPE_CHECKING:
    from checks.robust.silent_network import Silenced

VIEWS, ROUTING, LIVE_JS = "status/views.py", "status/routing.py", "static/live.js"
TEMPLATES = "the template of the fragment"
UNKNOWN, UNKNOWN_GUIDE = "/ws/nobody-is-here", "robust, An unknown websocket path"
RESTART_SECONDS, REFUSED_SECONDS, BROWSER_SECONDS = 60, 40, 75
STORED_SECONDS = 2 * PATIENCE_SECONDS
# Around ten seconds, with room for a slow machine.
EARLY_SECONDS, LATE_SECONDS = 7, 12
QUESTION = "worker"
# Visitors of whom nothing may go on, and how long it may take to end.
GUESTS, LEFT_SECONDS = 3, 2
# What beat is to send once before it is killed: it stores the first one in any case.
BEAT_TASK, BEAT_QUEUES = "celery.backend_cleanup", ("workbook-first", "workbook-second")
MARKER_QUEUE = "workbook-marker"
BEAT_SECONDS, AGAIN_SECONDS = patience(12), patience(1.5)
STORED_AT_ONCE_SECONDS = patience(1.5)

test_django_loads_your_project = startup_checks.test_django_loads_your_project


test_no_migration_is_missing = startup_checks.test_no_migration_is_missing


test_the_processes_start = startup_checks.test_the_processes_start


@check(
    "A page that connects while Redis is down is turned away without a server error",
    after=(test_the_processes_start,),
)
def test_redis_is_down_while_a_page_connects(
    project: Project, sockets: Sockets, frozen_web: None
) -> None:
    url = project.detached(FROZEN)
    project.refuse()
    web = project.process(FROZEN).log
    place = web.size()
    try:
        sockets.open(url).close()
        seen = ""
    except Refused as refused:
        seen = refused.seen if refused.status >= 500 else ""
    errors = web.errors_since(place)
    if seen or errors:
        raise NotYet(
            done=f"opened the websocket {SOCKET_PATH} while Redis refuses connections",
            seen=seen or f"in the server's log: {errors[0]}",
            expected="a refusal, and a line in the log: nothing is wrong with the code",
            look_at=f"{CONSUMERS}: what if Redis does not answer, before connect and in it?",
            guide="robust, A Redis that is unreachable while a page connects",
            words=web.tail(),
        )


@check(
    "An error on connecting leaves no member in the group",
    after=(test_the_processes_start,),
)
def test_an_error_on_connecting_leaves_no_member(refusals: Later[Refusals]) -> None:
    if left := refusals.result(REFUSED_SECONDS).left:
        raise NotYet(
            done="opened a page while Redis answers each GET with an error, and closed it",
            seen=f"{left} member left in the group status",
            expected="none: the next status would still be sent there",
            look_at=f"{CONSUMERS}, connect: what can fail once the visitor is in the group?",
            guide="robust, A Redis that is unreachable while a page connects",
        )


@check("A run outlives a restart of Redis", after=(test_the_processes_start,))
def test_a_run_outlives_a_restart_of_redis(restarted: Later[NotYet | None]) -> None:
    if wrong := restarted.result(RESTART_SECONDS):
        raise wrong


@check(
    "After ten seconds without an update the page asks whether the worker runs",
    after=(test_the_processes_start,),
)
def test_silence_is_asked_about(silent_task: Later[SilentTask]) -> None:
    seen = silent_task.result(BEGIN_SECONDS + UPDATE_SECONDS)
    talk = seen.talk
    # The first answer is that of the POST, when the task still waited.
    talk.wait_until(lambda: len(talk.said) > 1)
    first = {one for said in talk.said[:2] for one in _sentences(said.words)}

    def over() -> bool:
        return _asks(first, talk.last.words) or talk.last.at > seen.updated_at + LATE_SECONDS

    talk.wait_until(over)
    asked = next((said for said in talk.said if _asks(first, said.words)), None)
    # The page counts from the moment when it was asked: a slow answer is part of the wait.
    if asked and asked.at + talk.said[0].answer.seconds >= seen.updated_at + EARLY_SECONDS:
        return
    last = asked or talk.last
    update = seen.updated_at if last.at >= seen.updated_at else 0
    when = f"{last.at - update:.1f} s after the last update"
    speaks = not asked and bool(_sentences(talk.last.words) - first)
    raise NotYet(
        done=f"sent a task, stored STARTED for it and {UPDATE_SECONDS} s later PROGRESS, and went "
        "on polling while nothing more came",
        seen=f"{when} {'already' if asked else 'still'} {quoted(last.words)}"
        if last.answer.is_fine
        else f"{when} {last.answer.seen}",
        expected="after 10 s without an update a question that was not there before: does the "
        "worker still run?",
        look_at=f"{TEMPLATES}: which question does it ask when nothing is new?"
        if speaks
        else f"{VIEWS}: when was the last update, and how long may the next one take?",
        guide="robust, A started task that goes silent",
    )


def _asks(first: set[str], words: str) -> bool:
    """Tell whether a sentence about the worker is there that was not among the `first` ones."""
    return any(QUESTION in sentence for sentence in _sentences(words) - first)


def _sentences(words: str) -> set[str]:
    """Return the sentences without figures: seconds that count up are no update."""
    return set(re.split(r"\s*[.!?:;]\s*", re.sub(r"\d+", "", words).casefold()))


@check(
    "A consumer that ends with an error leaves no member in the group",
    after=(test_the_processes_start,),
)
def test_an_error_of_the_consumer_leaves_no_member(project: Project, sockets: Sockets) -> None:
    if fail_in_the_consumer(project, sockets):
        raise NotYet(
            done=f"opened {SOCKET_PATH}, sent the group a message of the type send_status without "
            "a status, and closed the page",
            seen="a member left in the group status",
            expected="none: who meets an error leaves as well",
            look_at=f"{CONSUMERS}: what is done too when the consumer ends with an error?",
            guide="robust, A consumer that ends with an error",
        )


@check(
    "Visitors who leave while statuses arrive leave nothing behind",
    after=(test_the_processes_start,),
)
def test_who_leaves_leaves_nothing_behind(project: Project, sockets: Sockets) -> None:
    web = project.process("web").log
    place = web.size()
    left = leave_while_statuses_arrive(project, sockets)
    done = f"let {VISITORS + SLOW_VISITORS} visitors leave while statuses arrive"
    if left.members or left.channels:
        raise NotYet(
            done=f"{done}, then counted in Redis what is subscribed to",
            seen=f"{'a' if left.members else 'no'} member of the group and {left.channels} "
            "visitors' own channels left behind",
            expected="none of either",
            look_at=f"{CONSUMERS}: what is always done when a connection ends?"
            if left.members
            else f"{CONSUMERS}: who gives the visitor's own channel back to the layer?",
            guide="robust, A consumer that ends with an error",
        )
    if errors := web.errors_since(place):
        raise NotYet(
            done=f"{done}, and looked into the server's log",
            seen=errors[0],
            expected="nothing: visitors may leave",
            look_at=f"{CONSUMERS}, send_status: what if the visitor has just left?",
            guide="robust, A consumer that ends with an error",
            words=web.tail(),
        )


@check("A page that is sent no status is sent a heartbeat", after=(test_the_processes_start,))
def test_a_quiet_page_is_sent_a_heartbeat(
    project: Project, quiet_page: Later[WebsocketClient]
) -> None:
    page = quiet_page.result(BEGIN_SECONDS + HEARTBEAT_SECONDS)
    if heartbeat_at(page) is None:
        raise NotYet(
            done=f"opened {SOCKET_PATH} and watched it for {HEARTBEAT_SECONDS} s, with nobody "
            "sending",
            seen="nothing came" if page.is_open else page.seen,
            expected="something every few seconds: without it no page can tell a silent network "
            "from a quiet server",
            look_at=f"{CONSUMERS}: what is sent where no status is?",
            guide="robust, A network that goes silent",
            words="" if page.is_open else project.process(IDLE).log.tail(),
        )


@check(
    "No heartbeat goes on for a visitor who has left",
    after=(test_a_quiet_page_is_sent_a_heartbeat,),
)
def test_no_heartbeat_goes_on_for_nobody(project: Project) -> None:
    try:
        left = project.ask(
            "left_of_visitors",
            within_seconds=4 * LEFT_SECONDS,
            path=SOCKET_PATH,
            host=project.launcher.host,
            visitors=GUESTS,
            seconds=LEFT_SECONDS,
        )["left"]
    except ProbeError as error:
        raise CannotTell("a websocket could not be opened in the application itself") from error
    if len(left) >= GUESTS:
        raise NotYet(
            done=f"let {GUESTS} visitors open {SOCKET_PATH} and leave, and looked {LEFT_SECONDS} s "
            "later at asyncio's tasks in that process",
            seen=f"{len(left)} tasks more than before: {', '.join(sorted(set(left)))}",
            expected="none: a task that goes on for each visitor fills the memory",
            look_at=f"{CONSUMERS}: what ends the task that sends the heartbeats?",
            guide="robust, A network that goes silent",
        )


@check(
    "In a browser a page whose network goes silent connects again",
    after=(test_the_processes_start,),
)
def test_a_silent_network_is_noticed_in_a_browser(silenced: Later[Silenced]) -> None:
    seen = silenced.result(BROWSER_SECONDS)
    if seen.before and seen.after > seen.before:
        return
    if seen.problems:
        told = f"a script reported an error: {seen.problems[0]}"
    else:
        told = "the page kept its websocket" if seen.before else "the page opened no websocket"
    raise NotYet(
        done="opened /live/ in Chromium, let its network carry nothing any more, and put the "
        "page's clock forward by a minute",
        seen=told,
        expected="a new websocket: nothing was heard on the old one for half a minute",
        look_at=f"{LIVE_JS}: who notices that no heartbeat came?",
        guide="robust, A network that goes silent",
    )


@check("A row that can't be stored is reported", after=(test_the_processes_start,))
def test_a_row_that_cannot_be_stored_is_reported(not_stored: Later[NotStored]) -> None:
    seen = not_stored.result(STORED_SECONDS)
    _require_reported(seen.sent, "from htmx", seen)
    for answer, who in (
        (seen.opened, "as a new visitor"),
        (seen.opened_again, "as a visitor who has a session already"),
    ):
        if answer.status != 200:  # a page that needs no row is as good
            _require_reported(answer, who, seen)


def _require_reported(answer: Answer, who: str, seen: NotStored) -> None:
    """Raise NotYet unless the answer is a 503 in words, a fragment where a fragment belongs."""
    is_fragment = PATH in answer.done
    if answer.status == 503 and answer.words and not (is_fragment and is_whole_page(answer)):
        return
    whole = ", a whole page" if is_fragment and is_whole_page(answer) else ""
    page = of_page(answer.text, seen.folder)
    # The log holds the other visitors' errors too, the page its own.
    said = page.own if page.is_raised else seen.words
    not_yet = NotYet(
        done=f"{answer.done}{' ' if is_fragment else ', '}{who}, while another process keeps the "
        "database locked",
        seen=f"{answer.seen}{whole}",
        expected="status 503 and a short message: as on a full disk, nothing can be stored",
        look_at=f"{VIEWS}: where is a row or the session stored, and what can that raise?",
        guide="robust, A row that can’t be stored",
        words=said if answer.status in (0, 500) else "",
    )
    is_told = page.place and SESSION_NOT_STORED not in page.text
    raise not_yet if is_told else explain(not_yet, page, causes=LOCKED_TABLES)


@check("An unknown path is refused without a server error", after=(test_the_processes_start,))
def test_an_unknown_path_is_refused(project: Project, sockets: Sockets) -> None:
    web = project.process("web").log
    place = web.size()
    seen = seen_if_let_in(sockets, project.url, UNKNOWN, project.url)
    errors = web.errors_since(place)
    if seen or errors:
        not_yet = NotYet(
            done=f"opened the websocket {UNKNOWN}",
            seen=seen or f"in the server's log: {errors[0]}",
            expected="a refusal without an error: anybody can request any path",
            look_at=f"{ROUTING}: what does the last route do with the rest?",
            guide=UNKNOWN_GUIDE,
            words=web.tail() if errors else "",
        )
        told = explain_logs(not_yet, project, "web", since={"web": place})
        # Whatever the log tells of a route: the one that is meant is of this lesson.
        raise replace(told, guide=UNKNOWN_GUIDE)


@check("A beat that was killed sends nothing twice", after=(test_the_processes_start,))
def test_a_killed_beat_sends_nothing_twice(project: Project) -> None:
    def sent() -> list[int]:
        return [waiting(project, queue) for queue in BEAT_QUEUES]

    # A beat that has just started: three minutes later it stores all that it has sent.
    project.process("beat").kill()
    for queue in BEAT_QUEUES:
        project.ask("schedule_overdue", task=BEAT_TASK, queue=queue)
    project.restart("beat")
    if not wait_until(lambda: all(sent()), BEAT_SECONDS):
        raise CannotTell(f"beat sent none of two overdue tasks within {BEAT_SECONDS:g} s")
    time.sleep(STORED_AT_ONCE_SECONDS)  # it stores after it has sent
    project.process("beat").kill()
    project.ask("schedule", task=BEAT_TASK, queue=MARKER_QUEUE)
    project.restart("beat")
    if not wait_until(lambda: waiting(project, MARKER_QUEUE), BEAT_SECONDS):
        raise CannotTell(f"beat, started again, sent nothing within {BEAT_SECONDS:g} s")
    time.sleep(AGAIN_SECONDS)
    if more := sum(sent()) - len(BEAT_QUEUES):
        not_yet = NotYet(
            done="let beat send two tasks of a daily schedule, killed it, and started it again",
            seen=f"{more} of them sent a second time",
            expected="none: what was sent is stored at once",
            look_at=f"{SETTINGS}: after how many tasks does beat store what it has sent?",
            guide="robust, A beat that sends twice",
        )
        raise explain_logs(not_yet, project, "beat")


@check(
    "A Redis that answers but refuses is reported in a fragment",
    after=(test_the_processes_start,),
)
def test_a_redis_that_refuses_is_reported(project: Project, refusals: Later[Refusals]) -> None:
    answer = refusals.result(REFUSED_SECONDS).answer
    if answer.status == 503 and answer.words and not is_whole_page(answer):
        return
    not_yet = NotYet(
        done=f"{answer.done} from htmx, while Redis answers each write with READONLY",
        seen=f"{answer.seen}{', a whole page' if is_whole_page(answer) else ''}",
        expected="status 503 and a fragment with a short message",
        look_at=f"{VIEWS}, check_status: which exceptions can delay raise?",
        guide="robust, A Redis that answers but refuses",
    )
    raise explain_answer(not_yet, project, answer)
