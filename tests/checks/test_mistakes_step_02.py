"""What a learner can get wrong in step 02, and what the checks say of it."""

from tests.support.edited_projects import Appending, Edit, Mistake, reported_first

SETTINGS, VIEWS, TASKS = "config/settings.py", "status/views.py", "status/tasks.py"
SENDING = """\
    try:
        result = send_status.delay('payload')
    except OperationalError:
        return render(request, 'queue_unreachable.html', status=503)
"""
TIME_OUTS = """\
CELERY_BROKER_TRANSPORT_OPTIONS = {'socket_connect_timeout': 2, 'socket_timeout': 5}
CELERY_BROKER_POOL_ACQUIRE_TIMEOUT = 5
CELERY_TASK_PUBLISH_RETRY_POLICY = {'max_retries': 0}
"""
# The first listings of the guide that this one grew from, taken as they stood.
ORIGINAL_VIEW = """\
from django.shortcuts import render

from .tasks import send_status


def index(request):
    return render(request, 'index.html')


def check_status(request):
    context = {}
    send_status.delay("payload")

    return render(request, 'index.html', context)
"""
TOLD_BY_TEXT = """\
    except OperationalError as error:
        if 'Timeout' not in str(error):
            raise
"""
NO_URLS = "    path('', include('status.urls')),\n"
TEMPLATES = ("_base", "index", "queue_unreachable")

MISTAKES = [
    Mistake(
        "static_files_collected_and_not_found",
        "test_the_start_page_has_the_form",
        ("GET /static/style.css, which the page loads", "status 404", "STATICFILES_DIRS"),
        Appending(SETTINGS, "STATIC_ROOT, STATICFILES_DIRS = STATICFILES_DIRS[0], []\n"),
    ),
    Mistake(
        "the_form_has_no_button",
        "test_the_start_page_has_the_form",
        ("a form without a button: nobody can send it", "what does a visitor click?"),
        Edit("templates/index.html", "<button>Start a task</button>", ""),
    ),
    Mistake(
        "a_block_without_an_end",
        "test_the_start_page_has_the_form",
        ("TemplateSyntaxError: Unclosed tag on line 2: 'block'", "templates/index.html, line 2"),
        Edit("templates/index.html", "{% endblock content %}", ""),
    ),
    Mistake(
        "style_misspelt",
        "test_the_start_page_has_the_form",
        ("GET /static/styles.css, which the page loads", "status 404"),
        Edit("templates/_base.html", "'style.css'", "'styles.css'"),
    ),
    Mistake(
        "one_task_for_each_visitor",
        "test_the_page_answers_at_once",
        ("a second time, as the same visitor", "no other id than the first task's"),
        Appending(
            VIEWS,
            "send_first = check_status\n\n\n"
            "def check_status(request):\n"
            "    if 'task_id' in request.session:\n"
            "        return redirect('index')\n"
            "    return send_first(request)\n",
        ),
    ),
    Mistake(
        "one_id_for_all_tasks",
        "test_the_page_answers_at_once",
        ("a second time, as the same visitor", "no other id than the first task's"),
        Appending(
            TASKS,
            "send_anew = send_status.apply_async\n"
            "send_status.delay = lambda *arguments: send_anew(\n"
            "    arguments, task_id='00000000-0000-4000-8000-000000000001'\n"
            ")\n",
        ),
    ),
    Mistake(
        "the_task_runs_once",
        "test_the_result_is_stored",
        ("sent a second task by the form", "result null", "what is left over from its first run?"),
        Appending(
            TASKS,
            "runs = []\n"
            "work = send_status.run\n"
            "send_status.run = lambda *_: runs.append(1) or (work() if len(runs) == 1 else None)\n",
        ),
    ),
    Mistake(
        "the_address_lacks_its_slash",
        "test_the_start_page_has_the_form",
        (
            "a form that posts to /check-status",
            "status/urls.py, line 7: which path",
            "Add the URLs",
        ),
        Edit("status/urls.py", "'check-status/'", "'check-status'"),
    ),
    Mistake(
        "the_form_posts_elsewhere",
        "test_the_start_page_has_the_form",
        ("a form that posts to /send-status/", "index.html: where does its form post to?"),
        Edit("templates/index.html", "{% url 'check_status' %}", "/send-status/"),
    ),
    Mistake(
        "form_for_another_server",
        "test_the_start_page_has_the_form",
        ("a form for http://localhost:8000/check-status/", "another server", "without a host"),
        Edit("templates/index.html", 'action="', 'action="http://localhost:8000'),
    ),
    Mistake(
        "redirect_to_another_server",
        "test_the_page_answers_at_once",
        ("it leads to http://localhost:8000/", "another server", "open status/views.py"),
        Edit(
            SETTINGS,
            "MIDDLEWARE = [",
            "MIDDLEWARE = [\n    'config.elsewhere.redirects_elsewhere',",
        ),
        Edit(
            "config/elsewhere.py",
            "",
            "def redirects_elsewhere(get_response):\n"
            "    def answer(request):\n"
            "        response = get_response(request)\n"
            "        if response.status_code == 302 and request.method == 'POST':\n"
            "            response['Location'] = 'http://localhost:8000/'\n"
            "        return response\n"
            "    return answer\n",
        ),
    ),
    Mistake(
        "app_not_installed",
        "test_the_worker_knows_the_task",
        ("no app “status”", "INSTALLED_APPS"),
        Edit(SETTINGS, "    'status',\n", ""),
        is_golden=True,
    ),
    Mistake(
        "not_a_task",
        "test_the_worker_knows_the_task",
        ("it knows none of yours", "a @shared_task"),
        Edit(TASKS, "@shared_task\n", ""),
    ),
    Mistake(
        "task_not_written",
        "test_the_worker_knows_the_task",
        ("it knows none of yours", "status/tasks.py: it is not there yet", "02, Write the task"),
        Edit(TASKS, "", None),
        Edit("config/urls.py", NO_URLS, ""),
        Edit("status/urls.py", "", None),
        Edit(VIEWS, "", ""),
    ),
    Mistake(
        "task_of_another_name",
        "test_the_worker_knows_the_task",
        ("it knows send_status", "status.tasks.send_status"),
        Edit(TASKS, "@shared_task", "@shared_task(name='send_status')"),
    ),
    Mistake(
        "urls_not_included",
        "test_the_start_page_has_the_form",
        ("GET /", "Django's greeting", "does it include status.urls?"),
        Edit("config/urls.py", NO_URLS, ""),
    ),
    Mistake(
        "views_not_written",
        "test_the_start_page_has_the_form",
        ("Django's greeting", "which view answers there?", "02, Execute the task in the view"),
        Edit("config/urls.py", NO_URLS, ""),
        Edit(VIEWS, "", "from django.shortcuts import render\n\n# Create your views here.\n"),
    ),
    Mistake(
        "page_not_written",
        "test_the_start_page_has_the_form",
        ("Django's greeting", "templates/index.html: it is not there yet", "02, Write the page"),
        Edit("config/urls.py", NO_URLS, ""),
        *(Edit(f"templates/{name}.html", "", None) for name in TEMPLATES),
    ),
    Mistake(
        "form_that_gets",
        "test_the_start_page_has_the_form",
        ("sends a GET", 'method="post"'),
        Edit("templates/index.html", 'method="post" ', ""),
    ),
    Mistake(
        "form_without_a_token",
        "test_the_start_page_has_the_form",
        ("without a CSRF token", "which tag"),
        Edit("templates/index.html", "  {% csrf_token %}\n", ""),
    ),
    Mistake(
        "task_called_like_a_function",
        "test_the_page_answers_at_once",
        ("status 302 to /, then 200 after 2.", "in under 1 s", "or called like a function?"),
        Edit(VIEWS, SENDING, "    send_status('payload')\n"),
        Edit(VIEWS, "    request.session['task_id'] = result.id\n", ""),
        is_golden=True,
    ),
    Mistake(
        "tasks_always_eager",
        "test_the_page_answers_at_once",
        ("in under 1 s", "CELERY_TASK_ALWAYS_EAGER"),
        Edit(SETTINGS, TIME_OUTS, f"{TIME_OUTS}CELERY_TASK_ALWAYS_EAGER = True\n"),
    ),
    Mistake(
        "listing_of_the_original_guide",
        "test_the_page_answers_at_once",
        ("no id of a task", "what delay returned?"),
        Edit(VIEWS, "", ORIGINAL_VIEW),
    ),
    Mistake(
        "another_id_on_the_page",
        "test_the_result_is_stored",
        ("the worker did the work", "is the id on the page the one of the task?"),
        Edit(VIEWS, "['task_id'] = result.id", "['task_id'] = str(uuid4())"),
        Edit(VIEWS, "from django", "from uuid import uuid4\n\nfrom django"),
    ),
    Mistake(
        "nothing_returned",
        "test_the_result_is_stored",
        ("state SUCCESS, result null", "what does it return?"),
        Edit(TASKS, "    return 'RUNNING'\n", ""),
    ),
    Mistake(
        "nothing_to_wait_for",
        "test_the_result_is_stored",
        ("about two seconds", "does it take its time?"),
        Edit(TASKS, "    sleep(2)\n", ""),
    ),
    Mistake(
        "nothing_printed",
        "test_the_task_prints",
        ("nothing but Celery's own lines", "does it print?"),
        Edit(TASKS, "    print('Sending status...')\n    print(message)\n", ""),
    ),
    Mistake(
        "results_without_names",
        "test_the_result_carries_the_tasks_name",
        ("an id without a name", "CELERY_RESULT_EXTENDED"),
        Edit(SETTINGS, "CELERY_RESULT_EXTENDED = True\n", ""),
    ),
    Mistake(
        "sent_by_a_get_as_well",
        "test_a_get_sends_no_task",
        ("a task was sent", "a view for POST alone?"),
        Edit(VIEWS, "@require_POST\n", ""),
    ),
    Mistake(
        "protection_switched_off",
        "test_a_post_without_a_token_is_refused",
        ("without a token", "expected status 403"),
        Edit(SETTINGS, "    'django.middleware.csrf.CsrfViewMiddleware',\n", ""),
    ),
    Mistake(
        "no_time_outs",
        "test_a_broker_that_hangs_is_reported",
        ("no answer within 9", "how long does Celery wait"),
        Edit(SETTINGS, TIME_OUTS, ""),
    ),
    Mistake(
        "error_not_caught",
        "test_a_broker_that_hangs_is_reported",
        ("status 500", "what happens when it raises Kombu's OperationalError?"),
        Edit(VIEWS, SENDING, "    result = send_status.delay('payload')\n"),
        is_golden=True,
    ),
    Mistake(
        "one_error_told_by_its_text",
        "test_a_broker_that_is_down_is_reported",
        ("refuses connections", "status 500"),
        Edit(VIEWS, "    except OperationalError:\n", TOLD_BY_TEXT),
    ),
]


# Each is found as another one is.
test_mistake = reported_first(2, MISTAKES)
