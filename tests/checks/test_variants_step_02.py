"""Projects that look different at the end of step 02, and are as right."""

import pytest

from tests.support.edited_projects import Edit, Variant, every_check_holds
from tests.support.plain_settings import all_together

SETTINGS, PROCFILE = "config/settings.py", "Procfile"
VIEWS, URLS, TASKS = "status/views.py", "status/urls.py", "status/tasks.py"
INDEX = "templates/index.html"
WORKER = "-P gevent -c 10"
CLASSES = """\
from django.shortcuts import render
from django.views.generic import TemplateView, View
from kombu.exceptions import OperationalError

from .tasks import send_status


class Home(TemplateView):
    template_name = 'home.html'


class CheckStatus(View):
    http_method_names = ['post']

    def post(self, request):
        try:
            sent = send_status.apply_async(args=['from a class'])
        except OperationalError:
            return render(request, 'home.html', {'problem': 'No queue today.'}, status=503)
        return render(request, 'home.html', {'sent': sent.id})
"""
HOME = """\
<title>Home</title>
<p>{{ problem }} {% if sent %}Sent: {{ sent }}{% endif %}</p>
<form action=/check-status/ method=POST>{% csrf_token %}<input type="submit"></form>
"""
LOGGING = """\
import time

from celery.utils.log import get_task_logger

from config.celery import celery

logger = get_task_logger(__name__)


@celery.task
def send_status(message=''):
    logger.info('about to work: %s', message)
    time.sleep(2.5)
    return 'RUNNING'
"""
ASYNC = """\
from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError

from .tasks import send_status


def index(request):
    return render(request, 'index.html', {'task_id': request.GET.get('task')})


@require_POST
async def check_status(request):
    try:
        result = await sync_to_async(send_status.delay, thread_sensitive=False)()
    except OperationalError:
        return HttpResponse('The queue is away. Try again later.', status=503)
    return redirect(f'/?task={result.id}')
"""
FRAGMENT = """\
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from kombu.exceptions import OperationalError

from .tasks import send_status


def index(request):
    return render(request, 'index.html')


def check_status(request):
    if request.method != 'POST':
        return HttpResponseNotAllowed(['POST'])
    try:
        result = send_status.delay()
    except OperationalError:
        return HttpResponse('<p>The queue is away.</p>', status=503)
    return HttpResponse(f'<p>{result.id}</p>', status=202)
"""
HTMX_FORM = """\
<body hx-headers='{"X-CSRFToken": "{{ csrf_token }}"}'>
<form data-hx-post="{% url 'check_status' %}" hx-on:click="if (1 > 0) alert(1)">
"""
TWO_WORKERS = """\
web: python manage.py runserver $PORT
slow: celery -A config worker -n slow@%h -P solo -Q slow
worker: celery -A config worker --loglevel=info -P threads -c 4
beat: celery -A config beat --loglevel=info
"""
EVERY_SECOND = """\
CELERY_BEAT_SCHEDULE = {'often': {'task': 'status.tasks.send_status', 'schedule': 1}}"""

VARIANTS = [
    Variant(
        "classes_that_render_and_a_task_that_logs",
        Edit(VIEWS, "", CLASSES),
        Edit(URLS, "views.index,", "views.Home.as_view(),"),
        Edit(URLS, "views.check_status,", "views.CheckStatus.as_view(),"),
        Edit("templates/home.html", "", HOME),
        Edit(TASKS, "", LOGGING),
        Edit(PROCFILE, WORKER, "-P prefork -c 2"),
    ),
    Variant(
        "async_view_tokens_in_the_session_a_second_worker_and_beat",
        Edit(VIEWS, "", ASYNC),
        Edit(
            SETTINGS, "CELERY_RESULT_EXTENDED", "CSRF_USE_SESSIONS = True\nCELERY_RESULT_EXTENDED"
        ),
        # A worker more, for another queue, and beat sends what the page sends as well.
        Edit(PROCFILE, "", TWO_WORKERS),
        Edit(SETTINGS, "CELERY_RESULT_EXTENDED", f"{EVERY_SECOND}\nCELERY_RESULT_EXTENDED"),
    ),
    Variant(
        "htmx_and_a_fragment",
        Edit(VIEWS, "", FRAGMENT),
        Edit(INDEX, """<form method="post" action="{% url 'check_status' %}">\n""", HTMX_FORM),
        Edit(INDEX, "  {% csrf_token %}\n", ""),
        Edit(PROCFILE, WORKER, "--pool solo"),
    ),
]


CLASSES_AND_LOGS, ASYNC_VIEW, FRAGMENT_OF_HTMX = VARIANTS

# Plain settings run along with the first: see test_plain_settings.
test_variant = every_check_holds(
    2, [CLASSES_AND_LOGS.beside(all_together(2)), ASYNC_VIEW, FRAGMENT_OF_HTMX]
)
test_single = pytest.mark.long(every_check_holds(2, [CLASSES_AND_LOGS]))
