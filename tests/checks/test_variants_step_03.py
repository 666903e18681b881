"""Projects of step 03 that look different and are as right."""

import pytest

from tests.support.edited_projects import Edit, Variant, every_check_holds
from tests.support.plain_settings import all_together, package_from_environ

BASE, INDEX, SETTINGS = "templates/_base.html", "templates/index.html", "config/settings.py"
TASK = "templates/status/partials/task.html"
TASKS, URLS, VIEWS = "status/tasks.py", "status/urls.py", "status/views.py"
GEVENT = "-P gevent -c 10"
LONG = "max_length=36"
UNKNOWN = "templates/status/partials/unknown_task.html"
START_AGAIN = (
    """<form hx-post="{% url 'check_status' %}" hx-target="#task" hx-swap="outerHTML">"""
    "{% csrf_token %}<button>Start again</button></form>"
)
FULL_BAR = '<progress value="100" max="100" aria-label="Progress"></progress>'
POLLING = (
    """hx-get="{% url 'task_status' result.id %}" hx-trigger="every 1s" hx-swap="outerHTML\""""
)

# A visitor's ids lie in the cache, under one key for each task.
CACHE = """
CACHES = {
    'default': {
        'BACKEND': 'django.core.cache.backends.filebased.FileBasedCache',
        'LOCATION': BASE_DIR / '.cache',
        'TIMEOUT': 24 * 60 * 60,
    },
}
"""
CLASSES = """from uuid import uuid4

from celery.result import AsyncResult
from django.core.cache import cache
from django.shortcuts import render
from django.views import View
from django.views.generic import TemplateView
from kombu.exceptions import OperationalError

from .tasks import send_status

WORDS = {
    "PENDING": "In the queue, until a worker takes it. Does one run?",
    "STARTED": "A worker is at it",
    "PROGRESS": "Under way",
    "RETRY": "Once more",
    "SUCCESS": "Done",
    "FAILURE": "It went wrong",
    "REVOKED": "Revoked",
}


class Home(TemplateView):
    template_name = "home.html"

    def get_context_data(self, **kwargs):
        visitor = self.request.session.setdefault("me", uuid4().hex)
        return super().get_context_data(last=cache.get(f"last-{visitor}"), **kwargs)


class Tasks(View):
    def post(self, request):
        try:
            result = send_status.apply_async()
        except OperationalError as error:
            return render(request, "sorry.html", {"why": f"No queue: {error}"}, status=503)
        visitor = request.session.setdefault("me", uuid4().hex)
        cache.set(f"{visitor}-{result.id}", True)
        cache.set(f"last-{visitor}", result.id)
        return self.answer(request, result, 202)

    def get(self, request, task_id=None):
        if not cache.get(f"{request.session.get('me')}-{task_id}"):
            return render(request, "sorry.html", {"why": "Unknown."}, status=404)
        return self.answer(request, AsyncResult(task_id), 200)

    def answer(self, request, result, status):
        info = result.info if isinstance(result.info, dict) else {}
        context = {
            "id": result.id,
            "words": WORDS[result.state],
            "ends": result.ready(),
            "percent": 100 if result.ready() else info.get("percent", 0),
        }
        return render(request, "answer.html", context, status=status)
"""
ANSWER = """<div class="answer" {% if not ends %}data-hx-get="/check-status/{{ id }}/"
  data-hx-trigger="load delay:700ms" data-hx-swap="outerHTML"{% endif %}>
  <b>{{ words }}</b> <small>{{ id }}</small>
  <div role="progressbar" aria-valuenow="{{ percent }}" aria-valuemax="100"></div>
</div>
"""
HOME = """{% extends "_base.html" %}
{% block content %}
<h1>Home</h1>
<button data-hx-post="check-status/" data-hx-target="#here"
  data-hx-headers='{"X-CSRFToken": "{{ csrf_token }}"}'>Go</button>
<div id="here" {% if last %}hx-get="/check-status/{{ last }}/" hx-trigger="load"{% endif %}></div>
{% endblock content %}
"""

MODELS = """from uuid import uuid4

from django.db import models


class Visitor(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4)


class SentTask(models.Model):
    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE)
    task_id = models.UUIDField(unique=True)
    sent_at = models.DateTimeField(auto_now_add=True)
"""
MIGRATION = """import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel('Visitor', [
            ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
        ]),
        migrations.CreateModel('SentTask', [
            ('id', models.BigAutoField(
                auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ('task_id', models.UUIDField(unique=True)),
            ('sent_at', models.DateTimeField(auto_now_add=True)),
            ('visitor', models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, to='status.visitor')),
        ]),
    ]
"""

VARIANTS = (
    Variant(
        "views-are-classes-the-ids-lie-in-the-cache-and-the-pool-is-prefork",
        Edit("Procfile", GEVENT, "-P prefork -c 3"),
        Edit(VIEWS, "", CLASSES),
        Edit("templates/answer.html", "", ANSWER),
        Edit("templates/sorry.html", "", '<div class="answer">{{ why }}</div>\n'),
        Edit("templates/home.html", "", HOME),
        Edit(
            URLS,
            "",
            "from django.urls import path\n\nfrom .views import Home, Tasks\n\n"
            "urlpatterns = [\n"
            "    path('', Home.as_view()),\n    path('check-status/', Tasks.as_view()),\n"
            "    path('check-status/<str:task_id>/', Tasks.as_view()),\n]\n",
        ),
        Edit(SETTINGS, "CELERY_TASK_TRACK_STARTED = True\n", CACHE),
        Edit(TASKS, "@shared_task(bind=True)", "@shared_task(bind=True, track_started=True)"),
    ),
    Variant(
        "settings-are-a-package-and-the-pool-is-solo",
        Edit("Procfile", GEVENT, "-P solo"),
        # Results are kept for a week, and the page shows a task for as long.
        *package_from_environ(3, "CELERY_RESULT_EXPIRES = 7 * 24 * 60 * 60\n"),
        Edit(VIEWS, "timedelta(days=1)", "timedelta(days=7)"),
        Edit(TASK, "every 1s", "every 500ms"),
        Edit(TASKS, "range(0, 100, 20)", "range(0, 100, 10)"),
        Edit(TASKS, "sleep(1)", "sleep(0.5)"),
    ),
    Variant(
        "the-page-decides-what-is-swapped-and-counts-the-asking",
        Edit("Procfile", GEVENT, "-P threads -c 4"),
        Edit(
            BASE,
            "</head>",
            "  <script>document.addEventListener('htmx:beforeSwap', event => {\n"
            "    const isSaid = [404, 503].includes(event.detail.xhr.status);\n"
            "    event.detail.shouldSwap = event.detail.shouldSwap || isSaid;\n"
            "  });</script>\n</head>",
        ),
        Edit(BASE, '    {"code": "404|503", "swap": true, "error": true},\n', ""),
        # The button goes when the task comes.
        Edit(INDEX, 'hx-target="#task"', 'hx-target="this"'),
        Edit(INDEX, ' hx-sync="#task:replace"', ""),
        Edit(
            INDEX,
            '<section id="task" class="card">\n  <p class="quiet">No task yet.</p>\n</section>',
            "",
        ),
        Edit(TASK, POLLING, POLLING.replace(' %}"', ' %}?asked={{ asked }}"')),
        # For a browser that knows no bars.
        Edit(TASK, FULL_BAR, FULL_BAR.replace("></", ">100 %</")),
        Edit(
            VIEWS,
            "{'result': AsyncResult(str(task_id))}",
            "{\n        'result': AsyncResult(str(task_id)),\n"
            "        'asked': int(request.GET.get('asked') or 0) + 1,\n    }",
        ),
    ),
    Variant(
        "the-visitor-is-a-row-and-a-signed-cookie-names-it",
        Edit("status/models.py", "", MODELS),
        Edit("status/migrations/0001_initial.py", "", MIGRATION),
        Edit(VIEWS, "import SentTask", "import SentTask, Visitor"),
        Edit(
            VIEWS,
            "    # An id of our own: the session's key changes when the visitor logs in.\n"
            "    return request.session.setdefault('visitor', str(uuid4()))\n",
            "    known = request.get_signed_cookie('visitor', None)\n"
            "    return Visitor.objects.get_or_create(id=known or uuid4())[0]\n",
        ),
        Edit(VIEWS, "    yesterday =", "    visitor = visitor_of(request)\n    yesterday ="),
        Edit(VIEWS, "visitor=visitor_of(request), sent_at__gt", "visitor=visitor, sent_at__gt"),
        Edit(
            VIEWS,
            "    return render(request, 'index.html', {'result': result})\n",
            "    response = render(request, 'index.html', {'result': result})\n"
            "    response.set_signed_cookie('visitor', str(visitor.id))\n"
            "    return response\n",
        ),
        Edit(
            VIEWS,
            "visitor = request.session.get('visitor')",
            "visitor = request.get_signed_cookie('visitor', None)",
        ),
        # Who asks in vain may start again from there.
        Edit(UNKNOWN, "</p>", f"</p>\n  {START_AGAIN}"),
    ),
    Variant(
        "ids-are-strings-in-the-model-and-the-button-is-outside-of-its-form",
        *(
            Edit(
                file, f"models.UUIDField({option}=True)", f"models.CharField({option}=True, {LONG})"
            )
            for file in ("status/models.py", "status/migrations/0001_initial.py")
            for option in ("db_index", "unique")
        ),
        # The button stands outside of its form.
        Edit(INDEX, "<form ", '<form id="start" '),
        Edit(INDEX, ' hx-disabled-elt="find button"', ""),
        Edit(INDEX, "  <button>Start a task</button>\n", ""),
        Edit(INDEX, "</form>\n", '</form>\n<button form="start">Start a task</button>\n'),
    ),
)


# Three that change other things run as one project, one with plain settings too; the
# long rounds take each by itself.
CLASS_VIEWS, PACKAGE, PAGE_DECIDES, SIGNED_COOKIE, STRINGS = VARIANTS

test_variant = every_check_holds(
    3, [CLASS_VIEWS.beside(all_together(3)), SIGNED_COOKIE.beside(PAGE_DECIDES).beside(PACKAGE)]
)
test_single = pytest.mark.long(
    every_check_holds(3, [CLASS_VIEWS, PACKAGE, PAGE_DECIDES, SIGNED_COOKIE, STRINGS])
)
