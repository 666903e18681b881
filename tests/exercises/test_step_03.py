"""What the exercise of step 03 says of solutions: a task that waits is revoked."""

from tests.support.edited_projects import Edit
from tests.support.solutions import Solution, each_is_told

TASKS, VIEWS = "status/tasks.py", "status/views.py"
# Of the new view: `task_status` says the same above it.
NOT_OWN = """\
def cancel_task(request, task_id):
    visitor = request.session.get('visitor')
    if not SentTask.objects.filter(visitor=visitor, task_id=task_id).exists():
"""
OF_ANYBODY = """\
def cancel_task(request, task_id):
    if not SentTask.objects.filter(task_id=task_id).exists():
"""
NOTE = "result.backend.mark_as_revoked(result.id)"
READING = "if self.request.get('is_revoked'):"
IMPORT = "from django_celery_results.models import TaskResult"
READING_THE_ROW = "if TaskResult.objects.filter(task_id=f'off-{self.request.id}').exists():"
ROW = """TaskResult.objects.get_or_create(task_id=f'off-{result.id}')
        result.revoke()"""

SOLUTIONS = [
    Solution("none", words=("Nothing answers a POST to /check-status/",)),
    Solution("ours", is_ours=True),
    Solution(
        "a note in a row of its own, read by the task",
        Edit(VIEWS, NOTE, ROW),
        Edit(VIEWS, "from kombu", f"{IMPORT}\nfrom kombu"),
        Edit(TASKS, "from celery import", f"{IMPORT}\nfrom celery import"),
        Edit(TASKS, READING, READING_THE_ROW),
        is_ours=True,
    ),
    Solution(
        "told to the workers that run",
        Edit(VIEWS, NOTE, "result.revoke()"),
        words=("Cancel was pressed while no worker ran", "Where does Cancel leave a note"),
        is_ours=True,
    ),
    Solution(
        "for everybody",
        Edit(VIEWS, NOT_OWN, OF_ANYBODY),
        words=("A stranger’s POST to …/cancel/ gets status 200", "whose task it is?"),
        is_ours=True,
    ),
]


test_solution = each_is_told(3, SOLUTIONS)
