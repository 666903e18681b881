"""Step 02's exercise: a task that adds, and says why it doesn't."""

import json
import re
import uuid
from typing import Any

from checks.common.registered_tasks import known_tasks
from checks.harness.project import Project
from checks.step_02 import test_create_and_execute_tasks as step
from checks.verdicts import Open, exercise

ADD = "status.tasks.add"
SUM_SECONDS = 8
NUMBERS = re.compile(r"\b(number|numeric|integer|int|float|digit)s?\b", re.IGNORECASE)
# What Python says by itself: true, and no help to the sender of the task.
PYTHONS_OWN = re.compile(r"concatenate|unsupported operand|invalid literal|could not convert")


@exercise("write a task that adds two numbers", after=(step.test_the_worker_knows_the_task,))
def test_your_turn(project: Project) -> None:
    if ADD not in known_tasks(project):
        raise Open(f"The worker knows no task {ADD} yet: a second function in status/tasks.py.")
    calls: list[tuple[Any, ...]] = [(2, 3), ("two", "three"), (2, "three")]
    sent = {arguments: _send(project, arguments) for arguments in calls}
    results = {}
    for arguments, task_id in sent.items():
        result = project.result(task_id, SUM_SECONDS)
        if result is None:
            raise Open(f"add{arguments} has no result after {SUM_SECONDS} s. What keeps it?")
        results[arguments] = result
    _require_sum(results.pop((2, 3)))
    for arguments, result in results.items():
        _require_reason(arguments, result)


def _send(project: Project, arguments: tuple[Any, ...]) -> str:
    task_id = str(uuid.uuid4())
    project.app.send_task(ADD, args=arguments, task_id=task_id)
    return task_id


def _require_sum(result: dict[str, str]) -> None:
    if result["status"] != "SUCCESS":
        raise Open(f"add(2, 3) ends as {result['status']}: {_reason(result)}")
    if result["result"] not in ("5", "5.0"):
        raise Open(f"add(2, 3) gives {result['result']}, not 5. What does the function return?")


def _require_reason(arguments: tuple[Any, ...], result: dict[str, str]) -> None:
    call = f"add{arguments}"
    if result["status"] == "SUCCESS":
        raise Open(
            f"add(2, 3) is 5, but {call} ends as SUCCESS with {result['result']}. Python can add "
            "strings, and a task that returns is a success. What makes a task fail?"
        )
    reason = _reason(result)
    if PYTHONS_OWN.search(reason) or not NUMBERS.search(reason):
        raise Open(
            f"{call} fails, as it should, and says “{reason}”. Does that tell its sender what the "
            "task wants? Say in your own words that it wants numbers."
        )


def _reason(result: dict[str, str]) -> str:
    """Return what the exception said that is stored as a failure's result."""
    stored = json.loads(result["result"] or "null")
    message = stored.get("exc_message", "") if isinstance(stored, dict) else stored
    return " ".join(map(str, message)) if isinstance(message, list) else str(message)
