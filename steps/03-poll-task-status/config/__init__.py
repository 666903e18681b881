# Load the Celery app whenever Django starts, so that shared_task finds it.
from .celery import celery as celery_app

__all__ = ('celery_app',)
