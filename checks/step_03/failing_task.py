"""A task that fails for real, whatever it is and takes: no switch in the project is needed."""

import celery

# A worker calls task(*args): what can't be unpacked fits no task, not even one that takes all.
NO_ARGUMENTS = 5


def send_failing(app: celery.Celery, task: str, task_id: str) -> None:
    """Send `task` under a known id so that it ends in FAILURE, with a TypeError.

    Celery's own `send_task` refuses such arguments; its message is therefore made by hand.
    """
    message = app.amqp.as_task_v2(task_id, task, args=())
    spoiled = message._replace(body=(NO_ARGUMENTS, *message.body[1:]))
    with app.producer_or_acquire() as producer:
        app.amqp.send_task_message(producer, task, spoiled)
