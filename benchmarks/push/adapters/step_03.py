"""How a task of step 03 tells how far it is: by its state, which the page's visitors poll."""

from contextlib import suppress

from celery import current_app
from django.db import OperationalError

# The id that the page was given when it sent a task; the benchmark writes it beside this file.
from sent_task import TASK_ID


def send(stamp: int) -> None:
    """Store a state that carries `stamp`."""
    # "database is locked", where many read at once: the state is lost, and the visitors say so.
    with suppress(OperationalError):
        current_app.backend.store_result(TASK_ID, {"percent": stamp}, "PROGRESS")
