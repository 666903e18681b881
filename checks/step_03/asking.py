"""Step 03's first checks: from the start page to the first fragment that asks."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from checks.step_03.visits import PATH, Sent
from checks.support.conversation import Conversation
from checks.support.fragments import (
    has_get,
    is_whole_page,
    own_words,
    polled_path,
    posted_paths,
    scripts,
)
from checks.support.ground import test_the_processes_start
from checks.support.project import Project
from checks.support.verdict import NotYet, check
from checks.support.visitor import Answer, visiting

TASK = "status.tasks.send_status"
VIEWS, TASKS, BASE = "status/views.py", "status/tasks.py", "templates/_base.html"
TEMPLATES = "the template of the fragment"


@check("The start page brings htmx along", after=(test_the_processes_start,))
def test_the_page_brings_htmx(project: Project) -> None:
    with visiting(project.running().url) as visitor:
        page = visitor.get("/", within=4)
        addresses = scripts(page)
        foreign = [src for src in addresses if _is_elsewhere(src)]
        own = [visitor.get(urljoin("/", src), within=4) for src in addresses if src not in foreign]
    missing = [answer for answer in own if answer.status != 200]
    is_htmx = any("hx-trigger" in answer.text for answer in own)
    if page.status == 200 and is_htmx and not foreign and not missing:
        return
    if page.status != 200:
        seen, hint = page.seen, "config/urls.py: does it include status.urls?"
    elif foreign:
        seen = f"a script from elsewhere: {foreign[0]}"
        hint = f"{BASE}: who serves the file where there is no Internet?"
    elif missing:
        seen = f"{missing[0].done}: {missing[0].seen}"
        hint = f"{BASE}: is django_htmx among INSTALLED_APPS, and the file's name right?"
    else:
        seen = f"{len(own)} of them, and none is htmx" if own else "it has no script"
        hint = f"{BASE}: which script does the page load?"
    raise NotYet(
        done=f"{page.done}, and fetched its scripts",
        seen=seen,
        expected="htmx, served by your own project",
        open=hint,
        guide="03, Bring htmx along",
        words=project.process("web").words.tail() if page.status >= 500 else "",
    )


def _is_elsewhere(address: str) -> bool:
    return urlsplit(address).netloc != ""


@check("The button asks by htmx", after=(test_the_page_brings_htmx,))
def test_the_button_asks_by_htmx(project: Project) -> None:
    with visiting(project.url) as visitor:
        page = visitor.get("/", within=4)
    if PATH not in posted_paths(page):
        others = ", ".join(posted_paths(page))
        raise NotYet(
            done=page.done,
            seen=f"hx-post to {others}" if others else "no element with hx-post",
            expected=f'hx-post="{PATH}" on the form',
            open="templates/index.html",
            guide="03, Send the form with htmx",
        )


@check(
    "A POST by htmx is answered by 202 and a fragment that names the task",
    after=(test_the_button_asks_by_htmx,),
)
def test_a_post_is_accepted(project: Project, sent: Sent) -> None:
    answer = sent.answer
    if answer.status == 202 and not is_whole_page(answer) and len(answer.task_ids()) == 1:
        return
    if answer.status != 202:
        seen, hint = answer.seen, f"{VIEWS}, check_status: which status does it answer with?"
        if answer.status == 403:
            hint = "templates/index.html: does the form carry a csrf_token?"
        elif answer.problem:
            hint = f"{VIEWS}, check_status: is the task sent with delay, or called?"
    elif is_whole_page(answer):
        seen = "a whole page: htmx would put it inside the page that is there"
        hint = f"{VIEWS}, check_status: which template does it render?"
    else:
        seen = f"{len(answer.task_ids()) or 'no'} ids in {own_words(answer)!r}"
        hint = f"{VIEWS}, check_status: what does the fragment do with the result of delay?"
    raise NotYet(
        done=f"{answer.done} as htmx does it, with the page's token",
        seen=seen,
        expected="status 202 and a fragment with the task's id",
        open=hint,
        guide="03, Send the form with htmx",
        words=project.process("web").words.tail() if answer.status in (0, 500) else "",
    )


@check("The fragment asks for the task's status by itself", after=(test_a_post_is_accepted,))
def test_the_fragment_asks_for_the_status(
    project: Project, sent: Sent, conversation: Conversation
) -> None:
    expected = f"{PATH}{sent.task_id}/"
    asked = polled_path(sent.answer)
    if asked is None or asked.partition("?")[0] != expected:
        raise NotYet(
            done=f"{sent.answer.done} by htmx, and read the fragment",
            seen=f"it asks for {asked}" if asked else _what_is_missing(sent.answer),
            expected=f"hx-get={PATH}<the task's id>/ and an hx-trigger that fires every second",
            open=f"{TEMPLATES}, such as templates/status/partials/task.html",
            guide="03, Ask for the status",
        )
    conversation.wait_until(lambda: len(conversation.said) > 1)
    answer = conversation.said[1].answer if len(conversation.said) > 1 else sent.answer
    if not 200 <= answer.status < 300 or is_whole_page(answer):
        raise NotYet(
            done=f"GET {PATH}<the task's id>/ by htmx, as the visitor who sent it",
            seen=f"{answer.seen}{', a whole page' if is_whole_page(answer) else ''}",
            expected="status 200 and the next fragment",
            open="status/urls.py and status/views.py: which view answers there?",
            guide="03, Ask for the status",
            words=project.process("web").words.tail() if answer.status in (0, 500) else "",
        )


def _what_is_missing(answer: Answer) -> str:
    """Say which half of a fragment that asks by itself is not there."""
    if has_get(answer):
        return "an hx-get without an hx-trigger that fires by itself"
    return "no hx-get with an hx-trigger of its own"
