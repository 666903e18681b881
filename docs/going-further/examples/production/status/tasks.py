from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from .models import SentTask


@shared_task(ignore_result=True)
def forget_old_visits():
    # As long as results are kept: CELERY_RESULT_EXPIRES.
    SentTask.objects.filter(sent_at__lt=timezone.now() - timedelta(days=7)).delete()
    call_command('clearsessions')
