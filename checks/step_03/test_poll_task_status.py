"""Step 03: the browser polls until it is done."""

from __future__ import annotations

import math
import re
import time
import uuid
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from checks.clients.addresses import is_elsewhere, resolved
from checks.clients.background import Later
from checks.clients.htmx import (
    Conversation,
    Fragment,
    bar,
    goes_into_itself,
    has_get,
    has_trigger,
    is_whole_page,
    missing_target,
    own_words,
    polled_path,
    polled_paths,
    polling,
    posted_paths,
    quoted,
    scripts,
)
from checks.clients.http_client import Answer, Visitor, visiting
from checks.clients.simultaneous import post_at_once
from checks.common import startup_checks
from checks.common.admin_login import SUPERUSER_SECONDS, Superuser, log_in
from checks.common.evidence import explain_answer, explain_logs
from checks.common.sent_task import PATH, POST_SECONDS, Sent, sending
from checks.harness.diagnosis.causes import CONSOLE
from checks.harness.diagnosis.evidence import Evidence
from checks.harness.diagnosis.explain import explain
from checks.harness.project import FROZEN, IDLE, Project
from checks.pace import delay, patience
from checks.step_03.aged_task import DAY, age
from checks.step_03.failing_task import send_failing
from checks.verdicts import CannotTell, NotYet, check
from workbook.runtime.waiting import wait_until

if TYPE_CHECKING:
    from checks.step_03.browser_session import Browsing, Seen

TASK = "status.tasks.send_status"
VIEWS, TASKS, BASE = "status/views.py", "status/tasks.py", "templates/_base.html"
INDEX, TEMPLATES = "templates/index.html", "the template of the fragment"
SENDING = "03, Send the form with htmx"
POLLED = "polled as the fragments say, until none polled any more"
ENDS = ("SUCCESS", "FAILURE", "REVOKED")
# What a worker stores along with each state. PROGRESS is the learner's own: it is seen as it goes.
NO_ID = "abc"
STORED: dict[str, Any] = {
    "PENDING": None,
    "STARTED": {"pid": 1, "hostname": "celery@here"},
    "RETRY": "the printer is out of paper",
    "SUCCESS": "RUNNING",
    "FAILURE": "the printer is out of paper",
    "REVOKED": "terminated",
}
REFUSED_SECONDS, PATIENCE_SECONDS = 3 + delay(1), 5
RAISED_SECONDS = patience(3)  # within which a task that raises at its first line has done so
SHORTEST, LONGEST = 3, 9
FAILURE_SECONDS = 12
# What counts as about a second, from one request to the next.
MOST_OFTEN_SECONDS, MOST_SELDOM_SECONDS = 0.1, patience(5)
# So many clicks lost an id of a list in the session in each of thirty rounds; two of them lost one
# in two rounds of five.
CLICKS, VISITORS = 4, 3
AT_ONCE_SECONDS = 10
# What a page that waits for a worker speaks of, whatever else it says.
WAITED_FOR = re.compile(r"\b(worker|celery)", re.IGNORECASE)
QUESTION_MARKS = "?？؟"
SWAPPING = "which answers does htmx swap in?"

test_django_loads_your_project = startup_checks.test_django_loads_your_project


test_no_migration_is_missing = startup_checks.test_no_migration_is_missing


test_the_processes_start = startup_checks.test_the_processes_start


@check("The start page loads htmx", after=(test_the_processes_start,))
def test_the_page_loads_htmx(project: Project) -> None:
    with visiting(project.running().url) as visitor:
        page = visitor.get("/", within=4)
        addresses = scripts(page)
        foreign = [src for src in addresses if is_elsewhere(page.url, src)]
        own = [
            visitor.get(resolved(page.url, src), within=4)
            for src in addresses
            if src not in foreign
        ]
    missing = [answer for answer in own if answer.status != 200]
    is_htmx = any("hx-trigger" in answer.text for answer in own)
    # What else comes from elsewhere, such as a style's script, is the project's own affair.
    foreign = [src for src in foreign if "htmx" in src or not is_htmx]
    if page.status == 200 and is_htmx and not foreign and not missing:
        return
    section = "03, Load htmx"
    if page.status >= 500:
        seen, hint, section = page.seen, f"{VIEWS}, index", "03, Poll for the status"
    elif page.status != 200:
        seen, hint = page.seen, "config/urls.py: does it include status.urls?"
    elif foreign:
        seen = f"a script from elsewhere: {foreign[0]}"
        hint = f"{BASE}: what serves the file without an Internet connection?"
    elif missing:
        seen = f"{missing[0].done}: {missing[0].seen}"
        hint = f"{BASE}: is django_htmx among INSTALLED_APPS, and the file's name right?"
        if not project.loaded()["debug"]:
            hint = "config/settings.py, DEBUG: with it off, runserver serves no static files"
    else:
        seen = f"{len(own)} of them, and none is htmx" if own else "it has no script"
        hint = f"{BASE}: which script does the page load?"
    not_yet = NotYet(
        done=f"{page.done}, and fetched its scripts",
        seen=seen,
        expected="htmx, served by your own project",
        look_at=hint,
        guide=section,
        words=project.process("web").log.tail() if page.status >= 500 else "",
    )
    raise explain_answer(not_yet, project, page)


@check("The button sends the form with htmx", after=(test_the_page_loads_htmx,))
def test_the_button_sends_with_htmx(project: Project) -> None:
    with visiting(project.url) as visitor:
        page = visitor.get("/", within=4)
        posted = posted_paths(page)
        if not posted:
            raise _not_sent_with_htmx(project, visitor, page)
    if PATH not in posted:
        without_host = ", without a host" if any(one.endswith(PATH) for one in posted) else ""
        raise NotYet(
            done=page.done,
            seen=f"hx-post to {', '.join(posted)}",
            expected=f'hx-post="{PATH}" on the form{without_host}',
            look_at=INDEX,
            guide=SENDING,
        )
    if missing := missing_target(page, PATH):
        raise NotYet(
            done=page.done,
            seen=f'hx-target="{missing}", and the page has no such element',
            expected="the element that the answer is put into, such as #task for the id task",
            look_at=f"{INDEX}, hx-target: is it a CSS selector of an element that the page has?",
            guide=SENDING,
        )


def _not_sent_with_htmx(project: Project, visitor: Visitor, page: Answer) -> NotYet:
    """Send the form as a browser does, and return how far the page is: the section comes next."""
    worker = project.process("worker").log
    since = worker.size()
    not_yet = NotYet(
        done=page.done,
        seen="no element with hx-post",
        expected=f'hx-post="{PATH}" on the form',
        look_at=INDEX,
        guide=SENDING,
    )
    answer = visitor.post(PATH, within=POST_SECONDS)
    polled = polled_path(answer)
    if answer.status >= 500 or answer.problem:
        not_yet.done, not_yet.seen, not_yet.look_at = answer.done, answer.seen, VIEWS
        not_yet.expected = "the page, with the id of the task that was sent"
        return explain_answer(not_yet, project, answer)
    if answer.status != 200 or not answer.task_ids():
        return not_yet
    if polled is None:
        not_yet.seen += ", and nothing polls after a click"
        not_yet.guide = "03, Poll for the status"
        wait_until(lambda: bool(worker.errors_since(since)), RAISED_SECONDS)
        return explain_logs(not_yet, project, "worker", since={"worker": since})
    if polled.partition("?")[0] == "/":
        not_yet.seen += ". After a click the whole page polls"
        not_yet.guide = "03, Swap the fragment"
        return not_yet
    not_yet.seen += ". After a click a fragment polls"
    return not_yet


@check(
    "A POST from htmx is answered with 202 and a fragment that shows the task's id",
    after=(test_the_button_sends_with_htmx,),
)
def test_a_post_is_accepted(project: Project, sent: Sent) -> None:
    answer = sent.answer
    if answer.status == 202 and not is_whole_page(answer) and len(answer.task_ids()) == 1:
        return
    if answer.status != 202:
        seen, hint = answer.seen, f"{VIEWS}, check_status: which status does it answer with?"
        if answer.status == 403:
            hint = "templates/index.html: does the form carry a csrf_token?"
        elif answer.left_for:
            hint = f"{VIEWS}, check_status: where does it redirect to?"
        elif answer.problem:
            hint = f"{VIEWS}, check_status: is the task sent with delay, or called?"
    elif is_whole_page(answer):
        seen = "a whole page: htmx would put it inside the page that is there"
        hint = f"{VIEWS}, check_status: which template does it render?"
    else:
        seen = f"{len(answer.task_ids()) or 'no'} ids in {own_words(answer)!r}"
        hint = f"{VIEWS}, check_status: what does the fragment do with the result of delay?"
    not_yet = NotYet(
        done=f"{answer.done} as htmx does it, with the page's token",
        seen=seen,
        expected="status 202 and a fragment with the task's id",
        look_at=hint,
        guide="03, Send the form with htmx",
        words=project.process("web").log.tail() if answer.status in (0, 500) else "",
    )
    raise explain_answer(not_yet, project, answer)


@check("The fragment polls for the task's status", after=(test_a_post_is_accepted,))
def test_the_fragment_polls_for_the_status(
    project: Project, sent: Sent, conversation: Conversation
) -> None:
    expected = f"{PATH}{sent.task_id}/"
    asked = polled_path(sent.answer)
    if asked is None or asked.partition("?")[0] != expected:
        raise NotYet(
            done=f"{sent.answer.done} from htmx, and read the fragment",
            seen=f"it polls {asked}" if asked else _what_is_missing(sent.answer),
            expected=f"hx-get={PATH}<the task's id>/ and an hx-trigger that fires every second",
            look_at=f"{TEMPLATES}, such as templates/status/partials/task.html",
            guide="03, Poll for the status",
        )
    _require_pace(sent.answer, is_repeated=False)
    conversation.wait_until(lambda: len(conversation.said) > 1)
    answer = conversation.said[1].answer if len(conversation.said) > 1 else sent.answer
    if not 200 <= answer.status < 300 or is_whole_page(answer):
        not_yet = NotYet(
            done=f"GET {PATH}<the task's id>/ from htmx, as the visitor who sent it",
            seen=f"{answer.seen}{', a whole page' if is_whole_page(answer) else ''}",
            expected="status 200 and the next fragment",
            look_at=f"{VIEWS}: it knows no such id of this visitor. With what does it compare "
            "the id of the address, and are both strings?"
            if answer.status == 404
            else "status/urls.py and status/views.py: which view answers there?",
            guide="03, Poll for the status",
            words=project.process("web").log.tail() if answer.status in (0, 500) else "",
        )
        raise explain_answer(not_yet, project, answer)
    _require_pace(answer, is_repeated=True)
    if polled_path(answer) and goes_into_itself(answer, sent.visitor.get("/", within=POST_SECONDS)):
        raise NotYet(
            done=f"{answer.done} from htmx, and read the fragment",
            seen="nothing says what the next one replaces: htmx puts it inside the element that "
            "polls, which goes on polling",
            expected='hx-swap="outerHTML": the next fragment takes the place of the one that asks',
            look_at=f"{TEMPLATES}, hx-swap",
            guide="03, Stop polling",
        )


def _require_pace(answer: Answer, *, is_repeated: bool) -> None:
    """Raise NotYet for a fragment that asks far too often, or far too seldom."""
    found = polling(answer, is_repeated=is_repeated)
    if found and not MOST_OFTEN_SECONDS <= found.seconds <= MOST_SELDOM_SECONDS:
        raise NotYet(
            done=f"{answer.done} from htmx, and read the fragment",
            seen=found.seen,
            expected='a request about every second, such as hx-trigger="every 1s": a number '
            "without a unit counts as milliseconds",
            look_at=f"{TEMPLATES}, hx-trigger",
            guide="03, Poll for the status",
        )


def _what_is_missing(answer: Answer) -> str:
    """Say which half of a fragment that asks by itself is not there."""
    if has_get(answer):
        return "an hx-get without an hx-trigger that fires by itself"
    return "no hx-get with an hx-trigger of its own"


@check(
    "Every state is shown in words, and polling stops at an end state",
    after=(test_the_fragment_polls_for_the_status,),
)
def test_every_state_is_shown(project: Project, unheard: Sent) -> None:
    said: dict[str, str] = {}
    for state, stored in STORED.items():
        if state != "PENDING":
            project.ask("store_state", task_id=unheard.task_id, state=state, text=stored)
        answer = unheard.visitor.get(f"{PATH}{unheard.task_id}/", htmx=True, within=4)
        _require_words(project, answer, state)
        words = own_words(answer)
        if same := next((other for other in said if said[other] == words), None):
            raise NotYet(
                done=_stored(state),
                seen=f"the same as for {same}: {quoted(words)}",
                expected="texts that tell the two apart",
                look_at=f"{TEMPLATES}: which branch is taken for {state}?",
                guide="03, Name every state",
            )
        if has_trigger(answer) == (state in ENDS):
            raise NotYet(
                done=_stored(state),
                seen="a fragment that goes on polling" if state in ENDS else "no hx-trigger",
                expected=f"after {state} nothing more can come: a fragment without hx-trigger"
                if state in ENDS
                else f"a fragment that goes on polling: {state} is not the end",
                look_at=f"{TEMPLATES}: for which states is there an hx-trigger?",
                guide="03, Stop polling",
            )
        said[state] = words
    # Whoever asks for it next shall not be told of a task that was revoked.
    project.ask("store_state", task_id=unheard.task_id, state="PENDING", text=None)


def _require_words(project: Project, answer: Answer, state: str) -> None:
    """Raise NotYet where the answer does not show a `state` that was stored."""
    words = own_words(answer)
    if 200 <= answer.status < 300 and words:
        return
    not_yet = NotYet(
        done=_stored(state),
        seen=answer.seen if words or answer.status != 200 else "a fragment without text",
        expected="status 200 and a sentence that shows the state",
        look_at=_hint(state, answer),
        guide="03, Name every state",
        words=project.process(IDLE).log.tail() if answer.status >= 500 else "",
    )
    raise explain_answer(not_yet, project, answer, IDLE)


def _stored(state: str) -> str:
    return f"stored the state {state} for a task and asked: GET {PATH}<its id>/"


def _hint(state: str, answer: Answer) -> str:
    if answer.problem:
        return f"{VIEWS}: what does the view wait for?"
    kind = "an exception" if state in ("RETRY", "FAILURE", "REVOKED") else repr(STORED[state])
    return f"{VIEWS}: can the view show every kind of result? On {state} it is {kind}"


@check(
    "While a task waits, the page asks whether a worker runs",
    after=(test_every_state_is_shown,),
)
def test_a_waiting_task_asks_for_a_worker(project: Project) -> None:
    with sending(project.detached(IDLE)) as sent:
        answer = sent.visitor.get(f"{PATH}{sent.task_id}/", htmx=True, within=4)
    words = own_words(answer)
    names, asks = WAITED_FOR.search(words), any(mark in words for mark in QUESTION_MARKS)
    if names and asks:
        return
    lacking = "no question" if names else "no word of a worker"
    raise NotYet(
        done="sent a task to a queue where no worker listens, and polled for its status",
        seen=f"{quoted(words)}: {lacking}",
        expected="that it waits for a worker, and a question: does one run? Most tasks that wait "
        "do so because no worker was started",
        look_at=f"{TEMPLATES}: what does it say while the state is PENDING?",
        guide="03, Name every state",
    )


@check(
    "A task that is being worked on is shown as started",
    after=(test_the_fragment_polls_for_the_status,),
)
def test_started_is_tracked(project: Project) -> None:
    if not project.ask("tracks_started", task=TASK)["tracked"]:
        raise NotYet(
            done="asked Celery whether it stores STARTED when a worker takes send_status",
            seen="it does not: a task that is being worked on counts as PENDING",
            expected="the state STARTED",
            look_at="config/settings.py, CELERY_TASK_TRACK_STARTED",
            guide="03, Name every state",
        )


@check(
    "Somebody else's task and an invented one get the same 404, and polling stops",
    after=(test_the_fragment_polls_for_the_status,),
)
def test_a_strangers_task_is_unknown(project: Project, unheard: Sent) -> None:
    invented = str(uuid.uuid4())
    with visiting(unheard.url) as stranger:
        asked = {
            "another visitor's task": (stranger, unheard.task_id),
            "an id that nobody was given": (unheard.visitor, invented),
        }
        answers = {
            whose: (visitor.get(f"{PATH}{task_id}/", htmx=True, within=4), task_id)
            for whose, (visitor, task_id) in asked.items()
        }
    for whose, (answer, _) in answers.items():
        _require_404(project, whose, answer)
    bodies = {answer.lasting_text.replace(task_id, "") for answer, task_id in answers.values()}
    if len(bodies) > 1:
        own, foreign = (quoted(own_words(answer)) for answer, _ in answers.values())
        raise NotYet(
            done=f"GET {PATH}<id>/ with another visitor's id, then with an invented one",
            seen=f"two different answers: {own} and {foreign}",
            expected="the same answer: else it tells a stranger which ids exist",
            look_at=f"{VIEWS}: how many ways lead to the 404?",
            guide="03, Know whose task it is",
        )
    _require_no_error_for_other_words(project, unheard)
    _require_both_known(unheard)


def _require_no_error_for_other_words(project: Project, unheard: Sent) -> None:
    """Raise NotYet where what is no task's id at all is answered with anything but a 404."""
    answer = unheard.visitor.get(f"{PATH}{NO_ID}/", htmx=True, within=4)
    if answer.status == 404:
        return
    not_yet = NotYet(
        done=f"{answer.done}: no task has such an id",
        seen=answer.seen,
        expected="status 404, as for any other id that is not this visitor's",
        look_at="status/urls.py: which strings does the path of a task accept?",
        guide="03, Poll for the status",
        words=project.process(IDLE).log.tail() if answer.status in (0, 500) else "",
    )
    raise explain_answer(not_yet, project, answer, IDLE)


def _require_both_known(unheard: Sent) -> None:
    """Send a second task. Raises NotYet where its visitor is no longer told of the first one."""
    second = unheard.visitor.post(PATH, htmx=True, within=4)
    tasks = [("first", unheard.task_id), *(("second", one) for one in second.task_ids())]
    for name, task_id in tasks:
        answer = unheard.visitor.get(f"{PATH}{task_id}/", htmx=True, within=4)
        if not answer.is_fine:
            raise NotYet(
                done=f"sent a second task as the same visitor, then asked for the {name} one",
                seen=answer.seen,
                expected="status 200: both are this visitor's",
                look_at=f"{VIEWS}: what happens to the first id when a second one is stored?",
                guide="03, Know whose task it is",
            )


def _require_404(project: Project, whose: str, answer: Answer) -> None:
    if answer.status != 404:
        seen = answer.seen + (f": {quoted(own_words(answer))}" if answer.is_fine else "")
        expected = "status 404: Celery says PENDING of any id that it does not know"
        hint = f"{VIEWS}: how does the view know which ids this visitor started?"
    elif is_whole_page(answer):
        seen = f"{answer.seen}, a whole page"
        expected = "a fragment with a short message: it takes the place of the last one"
        hint = f"{VIEWS}: what does the 404 render?"
    elif not own_words(answer) or has_trigger(answer):
        seen = "status 404 " + ("that goes on polling" if has_trigger(answer) else "without text")
        expected = "a sentence, without hx-trigger"
        hint = f"{TEMPLATES}: which template does the 404 render?"
    else:
        return
    not_yet = NotYet(
        done=f"{answer.done}: {whose}",
        seen=seen,
        expected=expected,
        look_at=hint,
        guide="03, Know whose task it is",
    )
    # Of a 404 of Django's own the page says no more than that it is one.
    raise not_yet if answer.status == 404 else explain_answer(not_yet, project, answer, IDLE)


@check(
    "Clicks at the same moment each start a task of this visitor",
    after=(test_a_strangers_task_is_unknown,),
)
def test_clicks_at_once_lose_no_task(project: Project) -> None:
    url = project.detached(IDLE)
    for _ in range(VISITORS):
        with visiting(url) as visitor:
            visitor.get("/", within=4)
            for when in ("as a new visitor", "as a visitor who has sent some"):
                _require_all_known(project, visitor, when)


def _require_all_known(project: Project, visitor: Visitor, when: str) -> None:
    """Send tasks at once. Raises NotYet where one is not sent, or is not known afterwards."""
    done = f"POST {PATH} from htmx, {CLICKS} times at the same moment, {when}"
    sent = post_at_once(visitor, PATH, CLICKS, within=AT_ONCE_SECONDS)
    refused = next((one for one in sent if one.status != 202 or not one.task_ids()), None)
    if refused:
        not_yet = NotYet(
            done=done,
            seen=f"one of them: {refused.seen}",
            expected="status 202 and a task's id, for each",
            look_at=f"{VIEWS}, check_status: what does it do while another request is inside it?",
            guide="03, Know whose task it is",
            words=project.process(IDLE).log.tail() if refused.status in (0, 500) else "",
        )
        raise explain_answer(not_yet, project, refused, IDLE)
    ids = [task_id for answer in sent for task_id in answer.task_ids()]
    asked = [visitor.get(f"{PATH}{one}/", htmx=True, within=4) for one in ids]
    lost = [answer for answer in asked if not answer.is_fine]
    if lost:
        raise NotYet(
            done=f"{done}, and asked for each of the tasks",
            seen=f"not all are known: {lost[0].seen}",
            expected="status 200 for each: all of them are this visitor's",
            look_at=f"{VIEWS}: what do two requests write to one place, after both have read it?",
            guide="03, Know whose task it is",
        )


@check(
    "A page reloaded during a task shows that task, and polls",
    after=(test_a_strangers_task_is_unknown,),
)
def test_a_reload_shows_the_task(project: Project) -> None:
    with sending(project.detached(IDLE)) as sent:
        project.ask("store_state", task_id=sent.task_id, state="SUCCESS", text=STORED["SUCCESS"])
        second = sent.visitor.post(PATH, htmx=True, within=4)
        page = sent.visitor.get("/", within=4)
        loaded = [page, *_loaded_with(sent.visitor, page)]
        _require_reload_shows(project, second, page, loaded)
        _require_forgotten(project, sent.visitor, second.task_ids()[0])


def _require_forgotten(project: Project, visitor: Visitor, task_id: str) -> None:
    """Raise NotYet where a page polls for the visitor's last task, which was sent days ago."""
    kept = project.loaded()["result_expires"]
    # Celery may be told to keep results for ever.
    if not kept or not age(project, task_id, kept + DAY):
        return
    page = visitor.get("/", within=4)
    polled = [path for one in [page, *_loaded_with(visitor, page)] for path in polled_paths(one)]
    if not any(task_id in path for path in polled):
        return
    raise NotYet(
        done=f"moved the row of the visitor’s last task {kept / DAY + 1:.3g} days back, deleted "
        f"its result as Celery does after {kept / DAY:.3g}, and loaded the start page",
        seen="that task again, and the page polls for it: Celery says PENDING, and always will",
        expected="no task that is older than Celery keeps results",
        look_at=f"{VIEWS}, index: how old may the task be that it shows?",
        guide="03, Know whose task it is",
    )


def _require_reload_shows(
    project: Project, second: Answer, page: Answer, loaded: list[Answer]
) -> None:
    """Raise NotYet where the page does not poll for the task that was sent second."""
    polled = {path.partition("?")[0] for answer in loaded for path in polled_paths(answer)}
    shown = {one for answer in loaded for one in answer.task_ids()}
    task_id = next(iter(second.task_ids()), "")
    if f"{PATH}{task_id}/" in polled and task_id in shown:
        return
    if not task_id:
        seen, hint = f"of the second one: {second.seen}", f"{VIEWS}, check_status"
    elif task_id in shown:
        others = ", ".join(sorted(polled))
        seen = "its id, and " + (f"it polls {others}" if others else "no hx-trigger that polls")
        hint = "templates/index.html: does it bring the fragment that polls?"
    elif shown:
        seen = "an older task, which is done, and not the one that works"
        hint = f"{VIEWS}, index: which of the visitor's tasks is the last one?"
    else:
        seen = f"no task: {quoted(own_words(page))}" if page.is_fine else page.seen
        hint = f"{VIEWS}, index: which task did this visitor send last?"
    not_yet = NotYet(
        done="sent two tasks, the first of which is done, and loaded the start page again",
        seen=seen,
        expected="the task that still works, in a fragment that goes on polling",
        look_at=hint,
        guide="03, Know whose task it is",
        words=project.process(IDLE).log.tail() if page.status in (0, 500) else "",
    )
    raise explain_answer(not_yet, project, page, IDLE)


def _loaded_with(visitor: Visitor, page: Answer) -> list[Answer]:
    """Return what a page fetches by itself from its own server."""
    paths = [path for path in polled_paths(page) if not is_elsewhere(page.url, path)]
    return [visitor.get(path, htmx=True, within=4) for path in paths]


@check(
    "A login in the admin loses none of the visitor’s tasks",
    after=(test_a_strangers_task_is_unknown,),
)
def test_a_login_loses_no_task(project: Project, superuser: Later[Superuser]) -> None:
    user = superuser.result(SUPERUSER_SECONDS)
    with sending(project.detached(IDLE)) as sent:
        if not log_in(sent.visitor, user, project.loaded()["admin"]):
            raise CannotTell(
                "the admin’s form let in no superuser, and so nobody can log in while a task "
                "works. What do the checks of step 01 say of the admin?"
            )
        answer = sent.visitor.get(f"{PATH}{sent.task_id}/", htmx=True, within=4)
    if not answer.is_fine:
        not_yet = NotYet(
            done=f"sent a task, logged in to the admin, then polled as before: "
            f"GET {PATH}<the task's id>/",
            seen=answer.seen,
            expected="status 200: it is the same visitor, in the same browser",
            look_at=f"{VIEWS}: how does it recognise a visitor, and does a login change that?",
            guide="03, Know whose task it is",
            words=project.process(IDLE).log.tail() if answer.status in (0, 500) else "",
        )
        raise explain_answer(not_yet, project, answer, IDLE)


@check(
    "Polling goes on until the task is done, and then stops",
    after=(test_every_state_is_shown,),
)
def test_polling_stops(project: Project, sent: Sent, conversation: Conversation) -> None:
    state, last = _state_at_the_end(project, sent, conversation), conversation.last
    if not 200 <= last.answer.status < 300:
        not_yet = NotYet(
            done=f"{POLLED}: GET {PATH}<the task's id>/",
            seen=last.answer.seen,
            expected="status 200 and a fragment, whatever the state",
            look_at=f"{VIEWS}: which result can't it show?",
            guide="03, Name every state",
            words=project.process("web").log.tail() if last.answer.status >= 500 else "",
        )
        raise explain_answer(not_yet, project, last.answer)
    if polled_path(last.answer):
        raise _still_polls(last) if state in ENDS else _never_ends(project, last, state)
    if state not in ENDS or _ended_later(project, sent, conversation):
        later = f"the task's state is {state}" if state not in ENDS else f"it came to {state} later"
        raise NotYet(
            done=POLLED,
            seen=f"after {last.at:.1f} s {quoted(last.words)}, which no longer polls; {later}",
            expected="hx-trigger in every fragment but the last",
            look_at=f"{TEMPLATES}: for which states is there an hx-trigger?",
            guide="03, Stop polling",
        )
    if state != "SUCCESS":
        not_yet = NotYet(
            done=POLLED,
            seen=f"the state {state}: {quoted(last.words)}",
            expected="SUCCESS",
            look_at=f"{TASKS}, send_status",
            guide="03, Report progress",
            words=project.process("worker").log.tail(),
        )
        raise explain_logs(not_yet, project, "worker")


def _ended_later(project: Project, sent: Sent, conversation: Conversation) -> bool:
    """Tell whether the task came to its end after the last fragment: polling had stopped by then.

    On a busy machine it may be at its end when the state is asked for.
    """
    answered_at = time.time() - conversation.seconds + conversation.last.at
    rows = project.ask("results", ids=[sent.task_id])["rows"]
    return any(row["stored_at"] > answered_at for row in rows)


def _still_polls(last: Fragment) -> NotYet:
    return NotYet(
        done=POLLED,
        seen=f"after {last.at:.1f} s {quoted(last.words)}, which still polls",
        expected="a last fragment without hx-trigger",
        look_at=f"{TEMPLATES}: for which states is there an hx-trigger?",
        guide="03, Stop polling",
    )


def _never_ends(project: Project, last: Fragment, state: str) -> NotYet:
    worker = project.process("worker")
    return NotYet(
        done=POLLED,
        seen=f"after {last.at:.1f} s {quoted(last.words)}, and the state {state}",
        expected="a task that is done after about five seconds",
        look_at=f"{TASKS}, send_status: does it come to its end?",
        guide="03, Report progress",
        # What a worker at work says is of others; what one said that is gone tells why.
        words="" if worker.exit_code() is None else worker.log.tail(),
    )


def _state_at_the_end(project: Project, sent: Sent, conversation: Conversation) -> str:
    """Wait until polling stops; of a task that is done, two more fragments are read."""
    heard: list[int] = []

    def state() -> str:
        rows = project.ask("results", ids=[sent.task_id])["rows"]
        return rows[0]["status"] if rows else "PENDING"

    def asks_on_in_vain() -> bool:
        if not heard and state() in ENDS:
            heard.append(len(conversation.said))
        return bool(heard) and len(conversation.said) > heard[0] + 2

    conversation.wait_until(asks_on_in_vain)
    conversation.stop()
    return state()


@check(
    "A task that fails is reported, without a traceback",
    # A worker that never comes to an end is another matter, told there.
    after=(test_every_state_is_shown, test_polling_stops),
)
def test_a_failure_is_reported(project: Project, unheard: Sent) -> None:
    project.ask("store_state", task_id=unheard.task_id, state="PENDING", text=None)
    send_failing(project.app, TASK, unheard.task_id)
    result = project.result(unheard.task_id, FAILURE_SECONDS)
    answer = unheard.visitor.get(f"{PATH}{unheard.task_id}/", htmx=True, within=4)
    words = own_words(answer)
    if result is None:
        seen = f"after {patience(FAILURE_SECONDS):g} s {quoted(words)}"
        hint = f"{TASKS}: what keeps it?"
    elif "Traceback" in answer.text or 'File "' in answer.words:
        seen = f"a traceback: {quoted(words)}"
        hint = f"{TEMPLATES}: which part of the result is shown?"
    elif not 200 <= answer.status < 300 or not words or has_trigger(answer):
        asks = " and an hx-trigger" if has_trigger(answer) else ""
        seen, hint = f"{answer.seen}{asks}", f"{VIEWS}: what is the result of a task that failed?"
    else:
        return
    not_yet = NotYet(
        done=f"sent {TASK} with arguments that don't fit, and polled for its status",
        seen=seen,
        expected="status 200, a sentence about the failure, and no more polling",
        look_at=hint,
        guide="03, Show a failure",
        words=project.process(IDLE).log.tail() if answer.status >= 500 else "",
    )
    raise explain_answer(not_yet, project, answer, IDLE)


@check("The task takes about five seconds", after=(test_polling_stops,))
def test_the_task_takes_its_time(conversation: Conversation) -> None:
    if not SHORTEST <= conversation.last.at <= LONGEST:
        raise NotYet(
            done="sent a task and polled until it was done",
            seen=f"done after {conversation.last.at:.1f} s",
            expected="about five seconds, so that there is something to see",
            look_at=f"{TASKS}, send_status: how often does it sleep?",
            guide="03, Report progress",
        )


@check("The bar moves, and never goes back", after=(test_the_task_takes_its_time,))
def test_the_bar_moves(project: Project, conversation: Conversation, unheard: Sent) -> None:
    waiting = own_words(unheard.answer)
    bars = [share for said in conversation.said if (share := bar(said.answer)) is not None]
    shown = ", ".join(f"{share:.0%}" for share, _same in groupby(bars))
    if any(after < before for before, after in pairwise(bars)):
        seen = f"a bar that goes back: {shown}"
        hint = f"{TASKS}, update_state: what does it report?"
    elif len(set(bars)) >= 3:
        return
    elif waiting in [own_words(said.answer) for said in conversation.said[-2:]]:
        seen = f"it showed for a task at work what it shows for one that waits: {quoted(waiting)}"
        polling = Evidence("", project.folder).find(r"hx-trigger").partition(",")[0]
        hint = f"{polling or TEMPLATES}: which branch is for the state that send_status reports?"
    else:
        seen = f"a bar that shows {shown} and nothing else" if bars else "no bar with a value"
        hint = f"{TASKS}: does send_status report how far it is? And does {TEMPLATES} show it?"
    raise NotYet(
        done="sent a task and read its fragments until it was done",
        seen=seen,
        expected="<progress value=… max=…> that fills while the task works",
        look_at=hint,
        guide="03, Report progress",
    )


@check(
    "In a browser a click leads to the finished task, without a reload", after=(test_polling_stops,)
)
def test_a_click_leads_to_the_end_in_a_browser(
    project: Project, browsing: Browsing, sent: Sent
) -> None:
    seen = browsing.wait(browsing.done)
    if seen.was_reloaded:
        told = "the whole page was loaded again"
        hint = "templates/index.html: what sends the form, htmx or the browser?"
    elif seen.answer is None:
        told = seen.problem
        hint = "templates/index.html and the fragment: which element does each answer replace?"
    elif seen.asked_after:
        told = "the last fragment came, and the page went on polling"
        hint = "the template of the fragment: does it replace the one that asks, or go into it?"
    elif not seen.is_shown:
        told = f"the last fragment came, and the page shows {quoted(seen.text)}"
        hint = "templates/index.html: is there an element that hx-target names?"
    elif seen.statuses > _most_statuses(seen, sent):
        told = f"it asked {seen.statuses} times within {seen.asked_seconds:.1f} s"
        hint = "the template of the fragment: how many of its elements have an hx-trigger?"
    else:
        return
    not_yet = NotYet(
        done="opened the start page in Chromium, clicked its button and watched",
        seen=told,
        expected="each fragment in the place of the one before, until the last one",
        look_at=hint,
        guide="03, Swap the fragment",
    )
    raise explain(not_yet, Evidence("\n".join(seen.complaints), project.folder), causes=CONSOLE)


def _most_statuses(seen: Seen, sent: Sent) -> float:
    """Return how many requests the fragment's own trigger explains, with room for a start."""
    pace = polling(sent.answer, is_repeated=True)
    return 1.5 * seen.asked_seconds / pace.seconds + 1 if pace and pace.seconds else math.inf


@check(
    "In a browser a 404 takes the fragment’s place, and polling stops",
    after=(test_a_strangers_task_is_unknown, test_a_click_leads_to_the_end_in_a_browser),
)
def test_a_404_stops_polling_in_a_browser(browsing: Browsing) -> None:
    done = "clicked in Chromium, then took the session’s cookie away"
    seen = browsing.wait(browsing.stranger)
    if seen.answer and seen.scripts < seen.scripts_before:
        raise NotYet(
            done=done,
            seen="the text of the 404 took the place of the whole page",
            expected="it takes the place of the fragment, and the page around it stays",
            look_at=f"{BASE}: which script replaces a page while DEBUG is on?",
            guide="03, Swap in errors too",
        )
    _require_shown(seen, done=done, guide="03, Swap in errors too")


def _require_shown(seen: Seen, done: str, guide: str) -> None:
    if seen.answer is None:
        told = seen.problem
    elif not seen.is_shown:
        again = ", and the page went on polling" if seen.asked_after else ""
        told = f"the {seen.answer.status} came{again}; the page shows {quoted(seen.text)}"
    elif seen.asked_after:
        told = f"the {seen.answer.status} came and was shown, and the page went on polling"
    else:
        return
    raise NotYet(
        done=done,
        seen=told,
        expected="the words of the answer in the page, and no more requests",
        look_at=f"{BASE}, htmx-config: {SWAPPING}",
        guide=guide,
    )


@check(
    "A broker that is down is reported in a fragment",
    after=(test_the_fragment_polls_for_the_status,),
)
def test_a_broker_that_is_down_is_reported(project: Project, broker_down: str) -> None:
    with visiting(broker_down) as visitor:
        page = visitor.get("/", within=4)
        answer = visitor.post(PATH, htmx=True, within=PATIENCE_SECONDS)
    is_piece = answer.words and not is_whole_page(answer)
    if answer.status == 503 and is_piece and answer.seconds <= REFUSED_SECONDS:
        return
    if not page.is_fine:
        answer = page  # without it there was nothing to send the form from
    whole = ", a whole page" if is_whole_page(answer) else ""
    not_yet = NotYet(
        done=f"{answer.done}{' from htmx' if answer is not page else ''}, "
        "with a broker that refuses connections",
        seen=f"{answer.seen}{whole}" if answer.words or answer.problem else "an empty answer",
        expected=f"status 503 and a fragment with a short message, within {REFUSED_SECONDS:g} s",
        look_at=f"{VIEWS}: what is rendered when delay raises OperationalError?",
        guide="03, Say when the queue can’t be reached",
    )
    raise explain_answer(not_yet, project, answer, FROZEN)


@check(
    "In a browser an unreachable queue is reported",
    after=(test_a_broker_that_is_down_is_reported, test_a_click_leads_to_the_end_in_a_browser),
)
def test_a_503_is_seen_in_a_browser(browsing: Browsing) -> None:
    _require_shown(
        browsing.wait(browsing.broker_down),
        done="clicked in Chromium while the broker refuses connections",
        guide="03, Swap in errors too",
    )


@check(
    "In a browser a second click is answered, after a task and after an error",
    after=(
        test_a_click_leads_to_the_end_in_a_browser,
        test_a_404_stops_polling_in_a_browser,
        test_a_503_is_seen_in_a_browser,
    ),
)
def test_a_second_click_is_answered_in_a_browser(browsing: Browsing) -> None:
    pages = {
        "the last fragment": (browsing.done, "03, Swap the fragment"),
        "the 503": (browsing.broker_down, "03, Swap in errors too"),
        "the 404": (browsing.stranger, "03, Swap in errors too"),
    }
    for after, (page, guide) in pages.items():
        seen = browsing.wait(page)
        # A page may remove its button. A visitor who was forgotten is answered, with a 403.
        is_shown = seen.is_second_shown or page is browsing.stranger
        if not seen.has_button or (seen.second and is_shown):
            continue
        raise NotYet(
            done=f"clicked in Chromium, waited for {after}, and clicked again",
            seen=f"status {seen.second.status}, and the page did not show it"
            if seen.second
            else "nothing was sent: htmx found no element that hx-target names",
            expected="an answer in the place of the one before: each carries the id of the "
            "element that it replaces",
            look_at=f"the template of {after}: which id has the element that it brings?",
            guide=guide,
        )
