"""A Celery app of our own, to ask a project's workers from outside."""

import os
from typing import Any

import celery

from workbook.runtime.child_environment import forget_celery_variables


def app_for(broker: str) -> Any:
    """Return a Celery app for the Redis at `broker`, which does not become the current app.

    Celery's own variables leave the environment of this process: they would name another Redis.
    """
    forget_celery_variables(os.environ)
    return celery.Celery(broker=broker, set_as_current=False)
