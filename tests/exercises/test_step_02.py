"""What the exercise of step 02 says of solutions: a task that adds, and says why it doesn't."""

from tests.support.edited_projects import Edit
from tests.support.solutions import Solution, each_is_told

TASKS = "status/tasks.py"
BEGIN = "from celery import shared_task\n"
NUMBERS = """from numbers import Number

from celery import shared_task


@shared_task(name='status.tasks.add', bind=True)
def summe(self, x, y):
    if not all(isinstance(value, Number) for value in (x, y)):
        raise TypeError('This task adds numbers only.')
    return x + y
"""
ADDS = """from celery import shared_task


@shared_task
def add(x, y):
    return x + y
"""
HALF = """from celery import shared_task


@shared_task
def add(x, y):
    if isinstance(x, str):
        raise ValueError('I want numbers')
    return x + y
"""

SOLUTIONS = [
    Solution("none", words=("knows no task status.tasks.add yet",)),
    Solution("ours", is_ours=True),
    Solution("of another name in Python", Edit(TASKS, BEGIN, NUMBERS)),
    Solution(
        "adds texts",
        Edit(TASKS, BEGIN, ADDS),
        words=("('two', 'three') ends as SUCCESS", "What makes a task fail?"),
    ),
    Solution(
        "looks at one of two",
        Edit(TASKS, BEGIN, HALF),
        words=("add(2, 'three') fails", "“unsupported operand", "in your own words"),
    ),
]


test_solution = each_is_told(2, SOLUTIONS)
