"""Step 02's first checks: a task that the worker knows, and a page with a form for it."""

from __future__ import annotations

from checks.step_02.visits import PATH, TASK
from checks.support.forms import forms_in
from checks.support.ground import test_the_processes_start
from checks.support.known_tasks import require_known
from checks.support.project import Project
from checks.support.verdict import NotYet, check
from checks.support.visitor import visiting

APP = "status"
VIEWS, TASKS = "status/views.py", "status/tasks.py"


@check("The worker knows the task by its name", after=(test_the_processes_start,))
def test_the_worker_knows_the_task(project: Project) -> None:
    if not any(app.split(".")[0] == APP for app in project.loaded()["installed_apps"]):
        raise NotYet(
            done="read INSTALLED_APPS",
            seen=f"no {APP}: the worker looks for tasks in installed apps alone",
            expected=f"the app {APP} among them",
            open="config/settings.py, INSTALLED_APPS",
            guide="02, Make an app",
        )
    require_known(
        project,
        TASK,
        open=f"{TASKS}: is send_status a @shared_task, and under which name?",
        guide="02, Write the task",
    )


@check("The start page has a form that posts to /check-status/", after=(test_the_processes_start,))
def test_the_start_page_has_the_form(project: Project) -> None:
    with visiting(project.running().url) as visitor:
        page = visitor.get("/")
    if page.status != 200 or page.is_greeting:
        raise NotYet(
            done=page.done,
            seen="Django's greeting: “The install worked …”" if page.is_greeting else page.seen,
            expected="the start page",
            open="config/urls.py: does it include status.urls?",
            guide="02, Give the page an address",
            words=project.process("web").words.tail() if page.status >= 500 else "",
        )
    posting = [one for one in forms_in(page.text) if one.address == PATH]
    if not any(form.method == "post" for form in posting):
        raise NotYet(
            done=page.done,
            seen="a form for /check-status/ that sends a GET"
            if posting
            else "no form that posts to /check-status/",
            expected='a form with method="post" and that address',
            open="the template of the page, templates/index.html",
            guide="02, Write the page",
        )
    if not any(form.has_token for form in posting):
        raise NotYet(
            done=page.done,
            seen="a form without a CSRF token: Django would refuse what it sends",
            expected="a token in the form",
            open="the template of the page, templates/index.html: "
            "which tag does Django want in a form that posts?",
            guide="02, Write the page",
        )
