"""Step 05's exercise: the progress of a task is pushed to the visitor who started it."""

from checks.clients.background import Later
from checks.step_05 import test_websocket_celery as step
from checks.verdicts import exercise

LOOK_SECONDS = 40


@exercise(
    "push the progress to the visitor who started the task",
    after=(step.test_the_processes_start,),
)
def test_your_turn(pushed: Later[None]) -> None:
    pushed.result(LOOK_SECONDS)
