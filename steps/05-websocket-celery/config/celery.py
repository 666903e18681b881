import os

from celery import Celery

# The `celery` command does not go through manage.py, so it needs to be told as well.
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')

celery = Celery('config')

# Take every setting that begins with CELERY_ from Django's settings.
celery.config_from_object('django.conf:settings', namespace='CELERY')

# Look for a tasks.py in each installed app.
celery.autodiscover_tasks()
