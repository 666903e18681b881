"""Step 01's exercise: a second worker beside the first."""

import time

from checks.harness.project import Project
from checks.step_01 import test_configure_celery as step
from checks.verdicts import Open, exercise
from workbook.projects.procfile import commands

ANSWER_SECONDS = 10
NOT_WORKERS = ("web", "beat")


@exercise("start a second worker, with a name of its own", after=(step.test_the_processes_start,))
def test_your_turn(project: Project) -> None:
    processes = commands(project.running().folder, project.port)
    others = [role for role in processes if role not in NOT_WORKERS]
    if len(others) < 2 and "celery" in processes["worker"]:
        raise Open(
            "One line of the Procfile starts a worker, and that is one worker, however many tasks "
            "it takes at once. Which line would start another?"
        )
    names = _names(project)
    if len(names) < 2:
        raise Open(
            f"Only {', '.join(names) or 'nobody'} answers ping. "
            f"Do all of these start a worker: {', '.join(others)}?"
        )
    if len(set(names)) < 2:
        raise Open(
            f"Two workers answer ping, and both are called {names[0]}: nobody can address one of "
            "them alone. Which option of `celery worker` names it?"
        )


def _names(project: Project) -> list[str]:
    """Return the names of two workers that answer ping, or of those that do in time."""
    names: list[str] = []
    deadline = time.monotonic() + ANSWER_SECONDS
    while len(names) < 2 and time.monotonic() < deadline:
        replies = project.app.control.ping(timeout=1, limit=2)
        names = max(names, [name for reply in replies for name in reply], key=len)
    return names
