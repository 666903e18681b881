"""Does the worker know a task by its name?"""

from checks.harness.project import Project
from checks.pace import patience
from checks.verdicts import NotYet


def known_tasks(project: Project) -> list[str]:
    """Return the names of the tasks that the running worker knows, in order."""
    answers = project.running().app.control.inspect(timeout=patience(2), limit=1).registered() or {}
    return sorted(name.split(" ")[0] for names in answers.values() for name in names)


def require_known(project: Project, task: str, look_at: str, guide: str) -> None:
    """Raise NotYet, with where to look, unless the running worker knows `task`."""
    known = known_tasks(project)
    if task not in known:
        own = [name for name in known if not name.startswith("celery.")]
        raise NotYet(
            done="asked the worker which tasks it knows",
            seen=f"it knows {', '.join(own) or 'none of yours'}",
            expected=task,
            look_at=look_at,
            guide=guide,
        )
