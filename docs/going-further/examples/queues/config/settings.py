# A queue for each kind of work. What is not named here goes to the queue `celery`.
CELERY_TASK_ROUTES = {
    'status.tasks.send_status': {'queue': 'slow'},
}
