from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from kombu.exceptions import OperationalError

from .tasks import send_status


@require_GET
def index(request):
    return render(request, 'index.html', {'task_id': request.session.get('task_id')})


@require_POST
def check_status(request):
    try:
        result = send_status.delay('payload')
    except OperationalError:
        return render(request, 'queue_unreachable.html', status=503)
    request.session['task_id'] = result.id
    # Redirect, so that reloading the page does not send the form again.
    return redirect('index')
