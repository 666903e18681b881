"""Step 05, before anything runs: the interval, the cache, the task."""

from __future__ import annotations

from checks.support.ground import test_django_loads_your_project, test_the_processes_start
from checks.support.known_tasks import require_known
from checks.support.project import INTERVAL_SECONDS, Project
from checks.support.runs import TASK
from checks.support.verdict import NotYet, check

SETTINGS, TASKS = "config/settings.py", "status/tasks.py"
# What these keep, the other processes never see.
LONELY_CACHES = ("locmem.LocMemCache", "dummy.DummyCache")


@check("STATUS_INTERVAL follows the environment", after=(test_django_loads_your_project,))
def test_the_interval_follows_the_environment(project: Project) -> None:
    interval = project.loaded()["status_interval"]
    if interval == INTERVAL_SECONDS:
        return
    wanted = f"{INTERVAL_SECONDS:g}"
    if interval is None:
        seen, question = "there is no such setting", "how did CELERY_BROKER_URL get its value?"
    elif isinstance(interval, str):
        seen, question = f"the text {interval!r}", "what makes a number of it?"
    else:
        seen, question = f"it is {interval}", "where does it come from?"
    raise NotYet(
        done=f"loaded the settings with STATUS_INTERVAL={wanted} in the environment",
        seen=seen,
        expected=f"the number {wanted}, and 5 where the environment names none",
        open=f"{SETTINGS}, STATUS_INTERVAL: {question}",
        guide="05, Set the interval",
    )


@check("The cache is one that all processes share", after=(test_django_loads_your_project,))
def test_the_cache_is_shared(project: Project) -> None:
    backend = project.loaded()["caches"].get("default", {}).get("BACKEND", "")
    # Whoever keeps the claim elsewhere may well leave the cache alone.
    if backend.endswith(LONELY_CACHES) and (file := _importing_the_cache(project)):
        raise NotYet(
            done=f"read the settings, and found Django's cache imported by {file}",
            seen=f"CACHES['default'] is {backend}: each process has one of its own",
            expected="one that web and worker share, as they share Redis",
            open=f"{SETTINGS}, CACHES",
            guide="05, One run at a time",
        )


def _importing_the_cache(project: Project) -> str:
    """Return the project's first file that imports the cache, empty if there is none."""
    for file in sorted(project.folder.rglob("*.py")):
        if "django.core.cache" in file.read_text(encoding="utf-8", errors="replace"):
            return file.relative_to(project.folder).as_posix()
    return ""


@check("The worker knows the task by its name", after=(test_the_processes_start,))
def test_the_worker_knows_the_task(project: Project) -> None:
    require_known(
        project,
        TASK,
        open=f"{TASKS}: is send_status_periodically there, and a @shared_task?",
        guide="05, Write the task",
    )
