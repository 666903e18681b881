"""Step 01: a worker is another process, reached through a broker."""

import re
import time
import uuid

import redis

from checks.support.ground import (
    test_django_loads_your_project,
    test_no_migration_is_missing,
    test_the_processes_start,
)
from checks.support.project import Project
from checks.support.verdict import NotYet, check
from checks.support.visitor import Visitor, visiting

__all__ = [
    "test_django_loads_your_project",
    "test_no_migration_is_missing",
    "test_the_processes_start",
]

TASK = "celery.backend_cleanup"  # every worker has it
BEAT_SECONDS = 12
BEAT_QUEUE = "workbook-beat"  # a queue without a worker: what beat sends stays there
SETTINGS = "config/settings.py"


@check("The packages are installed as apps", after=(test_django_loads_your_project,))
def test_the_packages_are_installed_as_apps(project: Project) -> None:
    apps = project.loaded()["installed_apps"]
    wanted = ("django_celery_beat", "django_celery_results")
    if missing := [name for name in wanted if not any(app.startswith(name) for app in apps)]:
        raise NotYet(
            done="read INSTALLED_APPS",
            seen=f"no {' and no '.join(missing)}",
            expected="django_celery_beat and django_celery_results among the apps",
            open=f"{SETTINGS}, INSTALLED_APPS",
            guide="01, Update settings.py",
        )


@check("The Celery app is loaded whenever Django starts", after=(test_django_loads_your_project,))
def test_the_celery_app_is_loaded(project: Project) -> None:
    settings = project.loaded()
    if not settings["app_is_loaded"]:
        raise NotYet(
            done="imported the package config, as Django does",
            seen="no Celery app in it: a task of yours would go to an app without settings",
            expected="the app of config/celery.py, imported by the package",
            open="config/__init__.py",
            guide="01, Update the root config",
        )
    if not settings["app_is_current"]:
        raise NotYet(
            done="asked Celery for its current app",
            seen="another app than the one in config",
            expected="one Celery app in the whole project",
            open="config/celery.py: is there a second Celery(...) somewhere?",
            guide="01, Configure the Celery app",
        )


@check("The broker's address comes from the environment", after=(test_the_celery_app_is_loaded,))
def test_the_broker_follows_the_environment(project: Project) -> None:
    # A broker elsewhere ends the loading. What is left is an app that never heard of the settings.
    broker = project.loaded()["broker_url"]
    if not broker or not str(broker).startswith("redis"):
        raise NotYet(
            done="read the broker's address from the Celery app",
            seen=f"{broker or 'none: Celery would look for another kind of broker'}",
            expected="the address that CELERY_BROKER_REDIS_URL names",
            open="config/celery.py: does config_from_object name the prefix CELERY?",
            guide="01, Configure the Celery app",
        )


@check("Results go to Django's database", after=(test_the_celery_app_is_loaded,))
def test_results_go_to_the_database(project: Project) -> None:
    backend = project.loaded()["result_backend"]
    if backend not in ("django-db", "django_celery_results.backends:DatabaseBackend"):
        raise NotYet(
            done="read the result backend from the Celery app",
            seen=f"{backend}",
            expected="django-db",
            open=f"{SETTINGS}, CELERY_RESULT_BACKEND",
            guide="01, Update settings.py",
        )


@check("Beat takes its schedule from the database", after=(test_the_celery_app_is_loaded,))
def test_beat_takes_its_schedule_from_the_database(project: Project) -> None:
    scheduler = project.loaded()["beat_scheduler"]
    if not re.fullmatch(r"django_celery_beat\.schedulers[.:]DatabaseScheduler|django", scheduler):
        raise NotYet(
            done="read the scheduler from the Celery app",
            seen=f"{scheduler}: it keeps its schedule in a file of its own",
            expected="the DatabaseScheduler of django_celery_beat",
            open=f"{SETTINGS}, CELERY_BEAT_SCHEDULER",
            guide="01, Update settings.py",
        )


@check("The worker answers ping", after=(test_the_processes_start,))
def test_the_worker_answers_ping(project: Project) -> None:
    answers = project.running().app.control.inspect(timeout=0.7).ping() or {}
    if len(answers) != 1:
        raise NotYet(
            done="celery -A config inspect ping",
            seen=f"{len(answers)} workers answered",
            expected="one worker that answers pong",
            open="Procfile: is there one line that starts a worker?",
            guide="01, Run Django and Celery",
        )


@check(
    "A task's result becomes a row of the database",
    after=(test_the_worker_answers_ping, test_results_go_to_the_database),
)
def test_a_result_becomes_a_row(project: Project) -> None:
    task_id = str(uuid.uuid4())
    project.running().app.send_task(TASK, task_id=task_id)
    result = project.result(task_id)
    if result is None or result["status"] != "SUCCESS":
        raise NotYet(
            done=f"sent {TASK} to the worker",
            seen=f"its result is {result['status']}" if result else "no result within 10 s",
            expected="a row in django_celery_results with the state SUCCESS",
            open=f"{SETTINGS}, CELERY_RESULT_BACKEND",
            guide="01, Update settings.py",
            words=project.process("worker").words.tail(),
        )


@check(
    "The admin shows results and manages periodic tasks",
    after=(test_the_processes_start, test_the_packages_are_installed_as_apps),
)
def test_the_admin_shows_results_and_schedules(project: Project) -> None:
    project.running().ask("create_superuser", name="checker", password="checker")
    with visiting(project.url) as visitor:
        _log_in(visitor)
        for page in ("django_celery_results/taskresult", "django_celery_beat/periodictask"):
            answer = visitor.get(f"/admin/{page}/")
            if answer.status != 200 or "/login/" in answer.path:
                raise NotYet(
                    done=f"logged in to the admin, then {answer.done}",
                    seen=answer.seen,
                    expected="the list",
                    open="config/urls.py: does it lead to admin.site.urls?",
                    guide="01, Look at the admin",
                    words=project.process("web").words.tail() if answer.status >= 500 else "",
                )


def _log_in(visitor: Visitor) -> None:
    visitor.get("/admin/login/")
    visitor.post("/admin/login/?next=/admin/", {"username": "checker", "password": "checker"})


@check(
    "Beat sends what is scheduled in the database",
    after=(test_the_processes_start, test_beat_takes_its_schedule_from_the_database),
)
def test_beat_sends_what_is_scheduled(project: Project) -> None:
    project.running().ask("schedule", task=TASK, queue=BEAT_QUEUE)
    deadline = time.monotonic() + BEAT_SECONDS
    with redis.Redis.from_url(project.redis.url) as broker:
        while not broker.llen(BEAT_QUEUE):
            if time.monotonic() > deadline:
                raise NotYet(
                    done=f"scheduled {TASK} for every second in django_celery_beat",
                    seen=f"beat sent nothing within {BEAT_SECONDS} s",
                    expected="beat sends it within seconds",
                    open="Procfile, beat: does its command change the scheduler?",
                    guide="01, Run Django and Celery",
                    words=project.process("beat").words.tail(),
                )
            time.sleep(0.05)
