"""Step 02: ask now, work later."""

import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from checks.clients.background import Later
from checks.clients.dom import Form, assets_in, forms_in
from checks.clients.http_client import Answer, visiting
from checks.common import startup_checks
from checks.common.evidence import explain_answer, explain_logs
from checks.common.queues import unheard
from checks.common.registered_tasks import require_known
from checks.harness.diagnosis.evidence import Evidence
from checks.harness.project import FROZEN, IDLE, Project
from checks.harness.working_copy import appended
from checks.pace import patience
from checks.step_02.fixtures import (
    ANSWER_SECONDS,
    PATH,
    TASK,
    UNREACHABLE_SECONDS,
    WORK_SECONDS,
    Sent,
    Unreachable,
    visit_without_broker,
)
from checks.verdicts import NotYet, check

APP = "status"
VIEWS, TASKS = "status/views.py", "status/tasks.py"
SENT_ONE = "sent a task by the form and waited for its result"
# What Celery itself says about a task.
CELERYS_LINE = re.compile(r"\bTask \S+\[[\w-]+\] |: DEBUG/|\bmissed heartbeat\b|\b(mingle|sync):")
DEFINITION = re.compile(r"^(async def|def|class) ", re.MULTILINE)

test_django_loads_your_project = startup_checks.test_django_loads_your_project


test_no_migration_is_missing = startup_checks.test_no_migration_is_missing


test_the_processes_start = startup_checks.test_the_processes_start


@check("The worker knows the task by its name", after=(test_the_processes_start,))
def test_the_worker_knows_the_task(project: Project) -> None:
    if not any(app.split(".")[0] == APP for app in project.loaded()["installed_apps"]):
        raise NotYet(
            done="read INSTALLED_APPS",
            seen=f"no app “{APP}”: the worker looks for tasks in installed apps alone",
            expected=f"the app {APP} among them",
            look_at="config/settings.py, INSTALLED_APPS",
            guide="02, Make an app",
        )
    require_known(
        project,
        TASK,
        look_at=f"{TASKS}: is send_status a @shared_task, and under which name?"
        if (project.folder / TASKS).exists()
        else f"{TASKS}: it is not there yet",
        guide="02, Write the task",
    )


@check("The start page has a form that posts to /check-status/", after=(test_the_processes_start,))
def test_the_start_page_has_the_form(project: Project) -> None:
    with visiting(project.running().url) as visitor:
        page = visitor.get("/")
        assets = [visitor.get(path) for path in assets_in(page.text, page.url)]
    if page.status != 200 or page.is_greeting:
        look_at, section = _what_the_page_lacks(project)
        not_yet = NotYet(
            done=page.done,
            seen="Django's greeting: “The install worked …”" if page.is_greeting else page.seen,
            expected="the start page",
            look_at=look_at,
            guide=section,
            words=project.process("web").log.tail() if page.status >= 500 else "",
        )
        raise explain_answer(not_yet, project, page)
    _require_form(page, Evidence("", project.folder))
    _require_files(project, assets)


def _what_the_page_lacks(project: Project) -> tuple[str, str]:
    """Return where to look for a start page that is not there, and the guide's section."""
    views = project.folder / VIEWS
    if views.is_file() and not DEFINITION.search(views.read_text("utf-8", errors="replace")):
        return f"{VIEWS}: which view answers there?", "02, Execute the task in the view"
    if not any(project.folder.glob("**/templates/**/*.html")):
        return "templates/index.html: it is not there yet", "02, Write the page"
    return "config/urls.py: does it include status.urls?", "02, Add the URLs"


def _require_form(page: Answer, project: Evidence) -> None:
    """Raise NotYet where the page has no form that can send a task."""
    forms = forms_in(page.text, page.url)
    posting = [one for one in forms if one.address == PATH]
    if not posting and forms:
        raise _elsewhere(page, forms, project)
    question = ""
    if not any(form.method == "post" for form in posting):
        seen = f"a form for {PATH} that sends a GET" if posting else "no form"
        expected = f'a form with method="post" and the address {PATH}'
    elif not any(form.has_token for form in posting):
        seen = "a form without a CSRF token: Django would refuse what it sends"
        expected = "a token in the form"
        question = ": which tag does Django want in a form that posts?"
    elif not any(form.has_button for form in posting):
        seen, expected = "a form without a button: nobody can send it", "a button in the form"
        question = ": what does a visitor click?"
    else:
        return
    raise NotYet(
        done=page.done,
        seen=seen,
        expected=expected,
        look_at=f"the template of the page, templates/index.html{question}",
        guide="02, Write the page",
    )


def _elsewhere(page: Answer, forms: list[Form], project: Evidence) -> NotYet:
    """Return what is wrong with the `forms` of a page, none of which posts to PATH."""
    if foreign := [one.address for one in forms if one.address.endswith(PATH)]:
        return NotYet(
            done=page.done,
            seen=f"a form for {foreign[0]}: that is another server, whatever listens there",
            expected=f"the address {PATH}, without a host: the server that the page came from",
            look_at="the template of the page, templates/index.html: which tag of Django’s writes "
            "an address?",
            guide="02, Write the page",
        )
    # Who has Django write the address finds it in the URL patterns.
    pattern = project.find(r"name=['\"]check_status['\"]")
    is_written = project.find(r"{%\s*url\s+['\"](\w+:)?check_status")
    return NotYet(
        done=page.done,
        seen=f"a form that posts to {forms[0].address}",
        expected=f"one that posts to {PATH}",
        look_at=f"{pattern or 'status/urls.py'}: which path is that?"
        if is_written
        else "the template of the page, templates/index.html: where does its form post to?",
        guide="02, Add the URLs" if is_written else "02, Write the page",
    )


def _require_files(project: Project, assets: list[Answer]) -> None:
    """Raise NotYet for a stylesheet or script of the page that is not there."""
    # With DEBUG off, runserver serves no files: a project that turns it off has another server for
    # them.
    missing = [asset for asset in assets if asset.status == 404]
    if missing and project.loaded()["debug"]:
        name = PurePosixPath(unquote(urlsplit(missing[0].url).path)).name
        is_there = any(one.name == name for one in project.folder.rglob("*"))
        raise NotYet(
            done=f"{missing[0].done}, which the page loads",
            seen=missing[0].seen,
            expected="the file",
            look_at="config/settings.py, STATICFILES_DIRS: in which folders does Django look?"
            if is_there
            else f"templates/_base.html: which folder of yours holds the {name} that it names?",
            guide="02, Write the page",
        )


@check(
    "The page answers at once and shows the task's id",
    after=(test_the_worker_knows_the_task, test_the_start_page_has_the_form),
)
def test_the_page_answers_at_once(project: Project, sent: Sent) -> None:
    answer = sent.answer
    if not answer.is_fine:
        not_yet = NotYet(
            done=f"{answer.done} with the form's token",
            seen=answer.seen,
            expected=f"a page, in under {ANSWER_SECONDS} s",
            look_at=f"{VIEWS}, check_status",
            guide="02, Execute the task in the view",
            words=project.process("web").log.tail(),
        )
        raise explain_answer(not_yet, project, answer)
    if answer.seconds > ANSWER_SECONDS:
        raise NotYet(
            done=f"{answer.done} with the form's token",
            seen=answer.seen,
            expected=f"an answer in under {ANSWER_SECONDS} s: the waiting belongs in the worker",
            look_at="config/settings.py: does CELERY_TASK_ALWAYS_EAGER belong there?"
            if project.loaded()["task_always_eager"]
            else f"{VIEWS}: is the task sent to the queue, or called like a function?",
            guide="02, Execute the task in the view",
        )
    if not sent.task_ids:
        raise NotYet(
            done=f"{answer.done} with the form's token, and read the page it led to",
            seen="no id of a task" if not answer.task_ids() else "no other id than before",
            expected="the id of the task that was sent",
            look_at=f"{VIEWS}: what does the page do with what delay returned?",
            guide="02, Remember the task's id",
        )
    if not sent.second_ids:
        raise NotYet(
            done=f"{answer.done} a second time, as the same visitor",
            seen="no other id than the first task's" if sent.second.is_fine else sent.second.seen,
            expected="another task, and its id",
            look_at=f"{VIEWS}, check_status: what does it do the second time?",
            guide="02, Remember the task's id",
            words="" if sent.second.is_fine else project.process("web").log.tail(),
        )


@check(
    "The worker does the work, and its result is stored under the id on the page",
    after=(test_the_page_answers_at_once,),
)
def test_the_result_is_stored(project: Project, sent: Sent) -> None:
    result, seconds = sent.result.result(within=3 * WORK_SECONDS)
    _require_result(project, sent, result)
    if seconds < ANSWER_SECONDS:
        raise NotYet(
            done=SENT_ONE,
            seen=f"it was there after {seconds:.1f} s",
            expected="a task that works for about two seconds, so that you see the difference",
            look_at=f"{TASKS}, send_status: does it take its time?",
            guide="02, Write the task",
        )
    again, _ = sent.second_result.result(within=3 * WORK_SECONDS)
    if again is None or not _is_right(again):
        raise NotYet(
            done="sent a second task by the form and waited for its result",
            seen=f"state {again['status']}, result {again['result']}"
            if again
            else f"no result within {WORK_SECONDS:g} s",
            expected='state SUCCESS, result "RUNNING", as the first time',
            look_at=f"{TASKS}, send_status: what is left over from its first run?",
            guide="02, Write the task",
            words=project.process("worker").log.tail(),
        )


def _require_result(project: Project, sent: Sent, result: dict[str, str] | None) -> None:
    """Raise NotYet where the first task's `result` is none, or another than the page's."""
    if result is None:
        seen, wanted = _why_no_result(project, sent)
        not_yet = NotYet(
            done=SENT_ONE,
            seen=f"no result of {sent.task_ids[0]} within {WORK_SECONDS:g} s: {seen}",
            expected="a row with that id",
            look_at=wanted,
            guide="02, Remember the task's id",
            words=project.process("worker").log.tail(),
        )
    elif not _is_right(result):
        not_yet = NotYet(
            done=SENT_ONE,
            seen=f"state {result['status']}, result {result['result']}",
            expected='state SUCCESS, result "RUNNING"',
            look_at=f"{TASKS}, send_status: what does it return?",
            guide="02, Write the task",
            words="" if result["status"] == "SUCCESS" else project.process("worker").log.tail(),
        )
    else:
        return
    raise explain_logs(not_yet, project, "worker", since={"worker": sent.log_before})


def _is_right(result: dict[str, str]) -> bool:
    return (result["status"], result["result"]) == ("SUCCESS", '"RUNNING"')


def _why_no_result(project: Project, sent: Sent) -> tuple[str, str]:
    """Return what was seen of a task without a result, and where to look."""
    active = project.app.control.inspect(timeout=patience(2), limit=1).active()
    if active is None:
        return "the worker no longer answers", f"{TASKS}, send_status: does it ever end?"
    if any(task["name"] == TASK for tasks in active.values() for task in tasks):
        return "the worker is still at work", f"{TASKS}, send_status: does it ever end?"
    if project.received(TASK) == sent.received_before:
        return "the worker received no task", f"{VIEWS}: is the task sent to the queue?"
    return (
        "the worker did the work under another id",
        f"{VIEWS}: is the id on the page the one of the task?",
    )


@check("The admin can show the task's name with its result", after=(test_the_result_is_stored,))
def test_the_result_carries_the_tasks_name(project: Project, sent: Sent) -> None:
    row, _ = sent.result.result(within=WORK_SECONDS)
    assert row is not None, "test_the_result_is_stored holds"
    if row["task_name"] != TASK:
        raise NotYet(
            done="read the stored result",
            seen=f"the name {row['task_name']}" if row["task_name"] else "an id without a name",
            expected=TASK,
            look_at="config/settings.py, CELERY_RESULT_EXTENDED",
            guide="02, See the task's name in the admin",
        )


@check("What the task prints appears in the worker's terminal", after=(test_the_result_is_stored,))
def test_the_task_prints(project: Project, sent: Sent) -> None:
    lines = project.process("worker").log.since(sent.log_before)
    lines += appended(project.folder, project.target.folder)
    if not [line for line in lines if line.strip() and not CELERYS_LINE.search(line)]:
        raise NotYet(
            done="sent a task by the form, and read the worker's log",
            seen="nothing but Celery's own lines" if lines else "nothing",
            expected="what send_status prints",
            look_at=f"{TASKS}, send_status: does it print? "
            "Procfile: do options keep the worker quiet?",
            guide="02, Write the task",
        )


@check(
    "A broker that hangs is reported on the page within seven seconds",
    after=(test_the_page_answers_at_once,),
)
def test_a_broker_that_hangs_is_reported(project: Project, frozen: Later[Unreachable]) -> None:
    _require_words(
        project, frozen.result(within=60), "a broker that takes connections and answers nothing"
    )


@check("A GET sends no task", after=(test_the_page_answers_at_once,))
def test_a_get_sends_no_task(project: Project, idle_web: None) -> None:
    # Where nobody else sends any, such as beat.
    with visiting(project.detached(IDLE)) as visitor:
        visitor.get("/")
        visitor.get(PATH)
    if unheard(project, TASK):
        raise NotYet(
            done=f"GET / and GET {PATH}",
            seen="a task was sent",
            expected="none: a link or a browser's preview must not send work",
            look_at=f"{VIEWS}: is check_status a view for POST alone?",
            guide="02, Execute the task in the view",
        )


@check("A POST without a CSRF token is refused", after=(test_the_start_page_has_the_form,))
def test_a_post_without_a_token_is_refused(project: Project) -> None:
    with visiting(project.running().url) as visitor:
        answer = visitor.post_without_token(PATH)
    if answer.status != 403:
        raise NotYet(
            done=f"{answer.done} without a token, as a foreign page would",
            seen=answer.seen,
            expected="status 403",
            look_at=f"{VIEWS} and config/settings.py: is Django's CSRF protection still on?",
            guide="02, Write the page",
        )


@check(
    "A broker that is down is reported on the page within seven seconds",
    after=(test_a_broker_that_hangs_is_reported,),
)
def test_a_broker_that_is_down_is_reported(project: Project, frozen: Later[Unreachable]) -> None:
    project.detached(FROZEN)
    project.refuse()
    _require_words(project, visit_without_broker(project), "a broker that refuses connections")


def _require_words(project: Project, seen: Unreachable, broker: str) -> None:
    answer = seen.answer
    if answer.status == 503 and answer.words and not seen.is_late:
        return
    if seen.is_late:
        wanted = "config/settings.py: how long does Celery wait for its broker?"
    else:
        wanted = f"{VIEWS}: what happens when delay raises OperationalError?"
    not_yet = NotYet(
        done=f"{answer.done} with {broker}",
        seen=answer.seen if answer.words or answer.problem else "an empty page",
        expected=f"status 503 and a sentence, within {UNREACHABLE_SECONDS} s",
        look_at=wanted,
        guide="02, Say when the queue can’t be reached",
    )
    raise explain_answer(not_yet, project, answer, FROZEN)
