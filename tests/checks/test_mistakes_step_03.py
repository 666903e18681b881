"""Mistakes of step 03, and the check that reports each of them first."""

import pytest

from tests.support.edited_projects import Appending, Edit, Mistake, reported_first

BASE, INDEX, SETTINGS = "templates/_base.html", "templates/index.html", "config/settings.py"
TASK = "templates/status/partials/task.html"
TASKS, VIEWS = "status/tasks.py", "status/views.py"
SCRIPT = "<script src=\"{% static 'django_htmx/htmx-2.min.js' %}\" defer></script>"
NOT_READY = "{% if not result.ready %}hx-get"
# How the status of a task begins, and what it ends with.
ASKING_VISITOR = "    visitor = request.session.get('visitor')\n"
IS_OWN = "SentTask.objects.filter(visitor=visitor, task_id=task_id).exists()"
UNKNOWN = "return render(request, 'status/partials/unknown_task.html', status=404)"
FRAGMENT = (
    "return render(request, 'status/partials/task.html', {'result': AsyncResult(str(task_id))})"
)

IMPORTS_RESPONSE = Edit(
    VIEWS, "from django.shortcuts", "from django.http import HttpResponse\nfrom django.shortcuts"
)
SHOWS_TRACEBACK = Edit(
    TASK,
    "<strong>FAILURE</strong>: {{ result.result }}",
    "<strong>FAILURE</strong>: {{ result.traceback }}",
)
BROWSERS_FORM = Edit(INDEX, """hx-post="{% url 'check_status' %}" """, "")

# Each check has one here or among the PATIENT.
QUICK = (
    Mistake(
        "htmx-comes-from-a-cdn",
        "test_the_page_loads_htmx",
        ("a script from elsewhere: https://unpkg.com/htmx.org", "served by your own project"),
        Edit(BASE, SCRIPT, '<script src="https://unpkg.com/htmx.org"></script>'),
    ),
    Mistake(
        "the-form-is-still-the-browsers",
        "test_the_button_sends_with_htmx",
        ("no element with hx-post", "templates/index.html"),
        BROWSERS_FORM,
    ),
    Mistake(
        "the-form-is-the-browsers-and-the-task-takes-no-word",
        "test_the_button_sends_with_htmx",
        ("POST /check-status/", "TypeError: send_status() takes 1 positional", "status/tasks.py"),
        BROWSERS_FORM,
        Edit(TASKS, "def send_status(self, message=''):", "def send_status(self):"),
    ),
    Mistake(
        "the-target-is-a-tag-that-the-page-lacks",
        "test_the_button_sends_with_htmx",
        ('hx-target="task", and the page has no such element', "templates/index.html, hx-target"),
        Edit(INDEX, 'hx-target="#task"', 'hx-target="task"'),
    ),
    Mistake(
        "the-target-is-an-id-that-the-page-lacks",
        "test_the_button_sends_with_htmx",
        ('hx-target="#tasks", and the page has no such element', "is it a CSS selector"),
        Edit(INDEX, 'hx-target="#task"', 'hx-target="#tasks"'),
    ),
    Mistake(
        "the-form-asks-another-server",
        "test_the_button_sends_with_htmx",
        ("hx-post to http://localhost:8000/check-status/", "without a host"),
        Edit(INDEX, 'hx-post="', 'hx-post="http://localhost:8000'),
    ),
    Mistake(
        "the-fragment-asks-another-server",
        "test_the_fragment_polls_for_the_status",
        ("it polls http://localhost:8000/check-status/", "03, Poll for the status"),
        Edit(TASK, 'hx-get="', 'hx-get="http://localhost:8000'),
    ),
    Mistake(
        "a-column-since-makemigrations",
        "test_no_migration_is_missing",
        ("models without a migration in: status", "status/models.py", "03, Know whose task"),
        Edit(
            "status/models.py",
            "auto_now_add=True)\n",
            "auto_now_add=True)\n    kind = models.CharField(max_length=9)\n",
        ),
    ),
    Mistake(
        "any-word-is-an-id",
        "test_a_strangers_task_is_unknown",
        ("GET /check-status/abc/: no task has such an id", "status 500", "03, Poll for the status"),
        Edit("status/urls.py", "<uuid:task_id>", "<str:task_id>"),
    ),
    Mistake(
        "a-task-of-the-day-before-yesterday",
        "test_a_reload_shows_the_task",
        (
            "2 days back",
            "Celery does after 1",
            "that task again",
            "index: how old may the task be",
            "Know whose task",
        ),
        Edit(VIEWS, ", sent_at__gt=yesterday", ""),
    ),
    Mistake(
        "the-view-hangs",
        "test_a_post_is_accepted",
        ("no answer within 4 s", "is the task sent to the queue, or called?"),
        Edit(VIEWS, "send_status.delay('payload')", "send_status.apply(['payload'])"),
    ),
    Mistake(
        "the-fragment-goes-into-the-last-one",
        "test_the_fragment_polls_for_the_status",
        ("nothing says what the next one replaces", 'hx-swap="outerHTML"', "03, Stop polling"),
        Edit(TASK, ' hx-swap="outerHTML"', ""),
    ),
    Mistake(
        "the-trigger-is-forgotten",
        "test_the_fragment_polls_for_the_status",
        ("an hx-get without an hx-trigger", "03, Poll for the status"),
        Edit(TASK, ' hx-trigger="every 1s"', ""),
    ),
    Mistake(
        "a-second-task-forgets-the-first",
        "test_a_strangers_task_is_unknown",
        ("asked for the first one", "status 404", "when a second one is stored?"),
        Appending(
            VIEWS,
            "remember_it = check_status\n\n\n"
            "def check_status(request):\n"
            "    request.session.flush()\n"
            "    return remember_it(request)\n",
        ),
    ),
    Mistake(
        "the-trigger-has-no-unit",
        "test_the_fragment_polls_for_the_status",
        ('hx-trigger="every 1": htmx polls every 1 ms', "counts as milliseconds"),
        Edit(TASK, "every 1s", "every 1"),
    ),
    Mistake(
        "a-failure-cannot-become-json",
        "test_every_state_is_shown",
        (
            "stored the state RETRY",
            "status 500",
            "not JSON serializable",
            "JSON has no ValueError",
        ),
        Edit(VIEWS, "from celery.result", "import json\n\nfrom celery.result"),
        Edit(
            VIEWS,
            FRAGMENT,
            "result = AsyncResult(str(task_id))\n"
            "    context = {'result': result, 'detail': json.dumps(result.result)}\n"
            "    return render(request, 'status/partials/task.html', context)",
        ),
        is_golden=True,
    ),
    Mistake(
        "only-success-stops-polling",
        "test_every_state_is_shown",
        ("stored the state FAILURE", "a fragment that goes on polling", "03, Stop polling"),
        Edit(TASK, NOT_READY, "{% if result.state != 'SUCCESS' %}hx-get"),
    ),
    Mistake(
        "any-id-gets-an-answer",
        "test_a_strangers_task_is_unknown",
        ("another visitor's task", "status 200", "“", "PENDING of any id that it does not know"),
        Edit(VIEWS, f"    if not {IS_OWN}:\n        {UNKNOWN}\n", ""),
        is_golden=True,
    ),
    Mistake(
        "the-tasks-are-kept-in-a-dict-in-the-session",
        "test_clicks_at_once_lose_no_task",
        ("4 times at the same moment", "not all are known: status 404", "write to one place"),
        Edit(
            VIEWS,
            "SentTask.objects.create(visitor=visitor_of(request), task_id=result.id)",
            "sent = request.session.get('sent', {})\n"
            "    request.session['sent'] = sent | {result.id: timezone.now().timestamp()}",
        ),
        Edit(VIEWS, f"if not {IS_OWN}:", "if str(task_id) not in request.session.get('sent', {}):"),
        Edit(
            VIEWS,
            "result = AsyncResult(str(task.task_id)) if task else None",
            "sent = list(request.session.get('sent', {}))\n"
            "    result = AsyncResult(sent[-1]) if sent else None",
        ),
    ),
    Mistake(
        "the-first-click-makes-the-visitor",
        "test_clicks_at_once_lose_no_task",
        ("as a new visitor, and asked", "not all are known: status 404"),
        Edit(
            VIEWS,
            "visitor=visitor_of(request), sent",
            "visitor=request.session.get('visitor'), sent",
        ),
    ),
    Mistake(
        "a-reload-forgets-the-task",
        "test_a_reload_shows_the_task",
        ("no task: “", "No task yet.", "which task did this visitor send last?"),
        Edit(VIEWS, "'index.html', {'result': result}", "'index.html'"),
        is_golden=True,
    ),
    Mistake(
        "the-visitor-is-the-key-of-the-session",
        "test_a_login_loses_no_task",
        ("logged in to the admin, then polled", "status 404", "does a login change that?"),
        Edit(VIEWS, "import uuid4", "import NAMESPACE_OID, uuid5"),
        Edit(
            VIEWS,
            "return request.session.setdefault('visitor', str(uuid4()))",
            "if not request.session.session_key:\n"
            "        request.session.create()\n"
            "    return uuid5(NAMESPACE_OID, request.session.session_key)",
        ),
        Edit(VIEWS, ASKING_VISITOR, "    visitor = visitor_of(request)\n"),
    ),
    Mistake(
        "nobody-asks-whether-a-worker-runs",
        "test_a_waiting_task_asks_for_a_worker",
        ("the task waits for a worker.”: no question", "what does it say while the state"),
        Edit(TASK, " Is one running?", ""),
    ),
    Mistake(
        "the-404-is-djangos-own-page",
        "test_a_strangers_task_is_unknown",
        ("status 404", "a whole page", "“Page not found"),
        Edit(
            VIEWS, "from django.shortcuts", "from django.http import Http404\nfrom django.shortcuts"
        ),
        Edit(VIEWS, UNKNOWN, "raise Http404"),
    ),
    Mistake(
        "the-wrong-exception-is-caught",
        "test_a_broker_that_is_down_is_reported",
        ("status 500", "status 503", "when it raises Kombu's OperationalError?"),
        Edit(VIEWS, "except OperationalError", "except ConnectionError"),
    ),
    Mistake(
        "the-traceback-is-shown",
        "test_a_failure_is_reported",
        ("a traceback: “", "which part of the result is shown?"),
        SHOWS_TRACEBACK,
    ),
    Mistake(
        "the-traceback-is-shown-of-a-task-that-takes-any-arguments",
        "test_a_failure_is_reported",
        ("a traceback: “", "which part of the result is shown?"),
        SHOWS_TRACEBACK,
        Edit(TASKS, "(self, message='')", "(self, message='', *others, **named)"),
    ),
    Mistake(
        "started-is-not-tracked",
        "test_started_is_tracked",
        ("counts as PENDING", "CELERY_TASK_TRACK_STARTED"),
        Edit(SETTINGS, "CELERY_TASK_TRACK_STARTED = True\n", ""),
    ),
    Mistake(
        "the-task-is-done-at-once",
        "test_the_task_takes_its_time",
        ("done after", "about five seconds", "how often does it sleep?"),
        Edit(TASKS, "sleep(1)", "sleep(0.1)"),
    ),
)
# What takes a while to show.
PATIENT = (
    Mistake(
        "no-progress-is-reported",
        "test_the_bar_moves",
        ("a bar that shows 100% and nothing else", "does send_status report how far it is?"),
        Edit(TASKS, "        self.update_state(state='PROGRESS', meta={'percent': percent})\n", ""),
        Edit(TASKS, "sleep(1)", "sleep(0.8)"),
        is_golden=True,
    ),
    Mistake(
        "the-state-is-misspelt-in-the-template",
        "test_the_bar_moves",
        (
            "at work what it shows for one that waits: “Task PENDING : the task waits",
            TASK,
            "which branch is for",
        ),
        Edit(TASK, "state == 'PROGRESS'", "state == 'PROGESS'"),
    ),
    Mistake(
        "progress-asks-no-more",
        "test_polling_stops",
        ("which no longer polls; ", "hx-trigger in every fragment"),
        # Not from the first report on: a quick worker has it there before the form is answered.
        Edit(
            TASK,
            NOT_READY,
            "{% if result.state in 'PENDING STARTED RETRY' or result.info.percent < 40 %}hx-get",
        ),
    ),
    Mistake(
        "djangos-script-takes-over-the-page",
        "test_a_404_stops_polling_in_a_browser",
        ("the 404 took the place of the whole page", "while DEBUG is on?"),
        Edit(BASE, "{% load static %}", "{% load static django_htmx %}"),
        Edit(BASE, SCRIPT, "{% htmx_script %}"),
    ),
    Mistake(
        "htmx-swaps-no-503",
        "test_a_503_is_seen_in_a_browser",
        ("the 503 came; the page shows “", "which answers does htmx swap in?"),
        Edit(BASE, '"404|503"', '"404"'),
    ),
    Mistake(
        "the-page-has-each-fragment-go-into-the-last-one",
        "test_a_click_leads_to_the_end_in_a_browser",
        ("the page went on polling", "does it replace the one that asks, or go into it?"),
        Edit(BASE, "<main", '<main hx-swap="innerHTML"'),
        Edit(TASK, ' hx-swap="outerHTML"', ""),
    ),
    Mistake(
        "the-fragment-has-lost-its-id",
        "test_a_second_click_is_answered_in_a_browser",
        ("waited for the last fragment, and clicked again", "nothing was sent", "which id"),
        Edit(TASK, ' id="task"', ""),
    ),
    Mistake(
        "a-script-asks-as-well",
        "test_a_click_leads_to_the_end_in_a_browser",
        ("it asked", "times within", "how many of its elements have an hx-trigger?"),
        Edit(
            BASE,
            "</head>",
            "<script>setInterval(() => {\n"
            "  const asking = document.querySelector('[hx-get]');\n"
            "  if (asking) fetch(asking.getAttribute('hx-get'));\n"
            "}, 200);</script></head>",
        ),
    ),
)
# Other ways to the same checks, for the long rounds.
FURTHER = (
    Mistake(
        "only-the-last-task-is-kept",
        "test_a_strangers_task_is_unknown",
        ("asked for the first one", "status 404", "when a second one is stored?"),
        Edit(
            VIEWS,
            "SentTask.objects.create(visitor=visitor_of(request), task_id=result.id)",
            "SentTask.objects.update_or_create(\n"
            "        visitor=visitor_of(request), defaults={'task_id': result.id}\n    )",
        ),
    ),
    Mistake(
        "a-reload-shows-the-first-task",
        "test_a_reload_shows_the_task",
        ("an older task, which is done", "which of the visitor's tasks is the last one?"),
        Edit(VIEWS, ".last()", ".first()"),
    ),
    Mistake(
        "a-reload-shows-an-id-alone",
        "test_a_reload_shows_the_task",
        ("its id, and no hx-trigger that polls", "does it bring the fragment that polls?"),
        Edit(
            INDEX,
            '{% include "status/partials/task.html" %}',
            '<section id="task" class="card">Task <code>{{ result.id }}</code></section>',
        ),
    ),
    Mistake(
        "a-task-waits-for-nobody-knows-what",
        "test_a_waiting_task_asks_for_a_worker",
        ("the task waits. Is that right?”: no word of a worker",),
        Edit(
            TASK, "the task waits for a worker. Is one running?", "the task waits. Is that right?"
        ),
    ),
    Mistake(
        "the-503-has-no-id",
        "test_a_second_click_is_answered_in_a_browser",
        ("waited for the 503, and clicked again", "nothing was sent"),
        Edit("templates/status/partials/queue_unreachable.html", ' id="task"', ""),
    ),
    Mistake(
        "the-404-has-no-id",
        "test_a_second_click_is_answered_in_a_browser",
        ("waited for the 404, and clicked again", "nothing was sent"),
        Edit("templates/status/partials/unknown_task.html", ' id="task"', ""),
    ),
    Mistake(
        "the-form-carries-no-token",
        "test_a_post_is_accepted",
        ("status 403", "CSRF cookie not set", "which tag does Django want"),
        Edit(INDEX, "  {% csrf_token %}\n", ""),
    ),
    Mistake(
        "the-app-of-htmx-is-not-installed",
        "test_the_page_loads_htmx",
        ("htmx-2.min.js: status 404", "django_htmx among INSTALLED_APPS"),
        Edit(SETTINGS, "    'django_htmx',\n", ""),
    ),
    Mistake(
        "a-retry-reads-like-pending",
        "test_every_state_is_shown",
        ("the same as for PENDING: “", "which branch is taken for RETRY?"),
        Edit(TASK, "{% elif state == 'RETRY' %}", "{% elif state == 'TRY' %}"),
    ),
    Mistake(
        "the-404-tells-strangers-apart",
        "test_a_strangers_task_is_unknown",
        ("two different answers: “Send a task first.” and “There is no such task",),
        IMPORTS_RESPONSE,
        Edit(
            VIEWS,
            ASKING_VISITOR,
            "    if 'visitor' not in request.session:\n"
            "        return HttpResponse('Send a task first.', status=404)\n" + ASKING_VISITOR,
        ),
    ),
    Mistake(
        "id_of_the_address_compared_as_it_is",
        "test_the_fragment_polls_for_the_status",
        ("status 404", "With what does it compare the id of the address, and are both strings?"),
        Edit(
            VIEWS,
            f"if not {IS_OWN}:",
            "own = SentTask.objects.filter(visitor=visitor)\n"
            "    if task_id not in [str(task.task_id) for task in own]:",
        ),
    ),
    Mistake(
        "the-status-has-no-end",
        "test_the_fragment_polls_for_the_status",
        ("more than 1 MB", "which view answers there?"),
        IMPORTS_RESPONSE,
        Edit(
            VIEWS,
            ASKING_VISITOR,
            "    return HttpResponse('x' * 50_000_000)\n" + ASKING_VISITOR,
        ),
    ),
    Mistake(
        "the-bar-counts-down",
        "test_the_bar_moves",
        ("a bar that goes back: ", "100%, 80%, 60%", "update_state"),
        Edit(TASKS, "{'percent': percent}", "{'percent': 100 - percent}"),
        Edit(TASKS, "sleep(1)", "sleep(0.8)"),
    ),
    Mistake(
        "the-task-never-returns",
        "test_polling_stops",
        ("and the state PROGRESS", "does it come to its end?"),
        Edit(TASKS, "    return 'RUNNING'", "    while True:\n        sleep(1)"),
    ),
    Mistake(
        "htmx-swaps-no-404",
        "test_a_404_stops_polling_in_a_browser",
        ("the 404 came, and the page went on polling", "which answers does htmx swap in?"),
        Edit(BASE, '"404|503"', '"503"'),
    ),
    Mistake(
        "the-answer-is-200",
        "test_a_post_is_accepted",
        ("seen status 200", "status 202"),
        Edit(VIEWS, ", status=202)", ")"),
    ),
)


# Two classes, so that two workers share them.
class TestQuick:
    test_mistake = staticmethod(reported_first(3, QUICK))


class TestPatient:
    test_mistake = staticmethod(reported_first(3, PATIENT))


@pytest.mark.long
class TestFurther:
    test_mistake = staticmethod(reported_first(3, FURTHER, by_whole_step=False))
