from datetime import timedelta
from uuid import uuid4

from celery.result import AsyncResult
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from kombu.exceptions import OperationalError

from .models import SentTask
from .tasks import send_status


def visitor_of(request):
    # An id of our own: the session's key changes when the visitor logs in.
    return request.session.setdefault('visitor', str(uuid4()))


@require_GET
def index(request):
    # Celery deletes a result after a day, and calls its task PENDING again.
    yesterday = timezone.now() - timedelta(days=1)
    task = SentTask.objects.filter(visitor=visitor_of(request), sent_at__gt=yesterday).last()
    result = AsyncResult(str(task.task_id)) if task else None
    return render(request, 'index.html', {'result': result})


@require_POST
def check_status(request):
    try:
        result = send_status.delay('payload')
    except OperationalError:
        return render(request, 'status/partials/queue_unreachable.html', status=503)
    # A row of its own: two clicks at the same moment can't overwrite one another.
    SentTask.objects.create(visitor=visitor_of(request), task_id=result.id)
    return render(request, 'status/partials/task.html', {'result': result}, status=202)


@require_GET
def task_status(request, task_id):
    # Celery calls any id it does not know PENDING. Only this visitor's tasks count.
    visitor = request.session.get('visitor')
    if not SentTask.objects.filter(visitor=visitor, task_id=task_id).exists():
        return render(request, 'status/partials/unknown_task.html', status=404)
    return render(request, 'status/partials/task.html', {'result': AsyncResult(str(task_id))})
