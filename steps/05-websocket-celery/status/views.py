from celery.result import AsyncResult
from django.contrib.sessions.backends.base import UpdateError
from django.db import DatabaseError
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from kombu.exceptions import OperationalError

from .tasks import send_status

# A page without news for this long asks whether the worker runs.
SECONDS_WITHOUT_NEWS = 10


@require_GET
def index(request):
    return render(request, 'index.html')


@require_POST
def check_status(request):
    try:
        result = send_status.delay('payload')
    except OperationalError:
        return render(request, 'status/partials/queue_unreachable.html', status=503)
    # Celery calls any id it does not know PENDING. Remember which ones are this visitor's.
    sent = request.session.get('sent', {})
    request.session['sent'] = {**sent, result.id: timezone.now().timestamp()}
    try:
        # Django does it after the view, too late for words of your own.
        request.session.save()
    except (DatabaseError, UpdateError):
        return render(request, 'status/partials/not_stored.html', status=503)
    return render(request, 'status/partials/task.html', {'result': result}, status=202)


@require_GET
def task_status(request, task_id):
    sent_at = request.session.get('sent', {}).get(str(task_id))
    if sent_at is None:
        return render(request, 'status/partials/unknown_task.html', status=404)
    result = AsyncResult(str(task_id))
    # date_done is the time of the last change, whatever its name says.
    last_news = result.date_done.timestamp() if result.date_done else sent_at
    context = {
        'result': result,
        'is_silent': timezone.now().timestamp() - last_news > SECONDS_WITHOUT_NEWS,
    }
    return render(request, 'status/partials/task.html', context)


@require_GET
def live(request):
    return render(request, 'live.html')
