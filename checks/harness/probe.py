"""Runs inside the learner's project, in a process of its own, and answers questions about it.

Questions come as lines of JSON on the standard input, answers go as lines of JSON to the standard
output. What the project itself prints goes to the standard error. Nothing of the workbook is
imported here: the project's folder alone is on the path.
"""

import json
import os
import re
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

Answer = dict[str, Any]

# Their migrations read no settings but those of PLAIN.
PACKAGES = (
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django_celery_beat",
    "django_celery_results",
)
PLAIN: dict[str, Any] = {
    "AUTH_USER_MODEL": "auth.User",
    "DATABASE_ROUTERS": [],
    "DEFAULT_INDEX_TABLESPACE": "",
    "DEFAULT_TABLESPACE": "",
    "DJANGO_CELERY_RESULTS_TASK_ID_MAX_LENGTH": None,
    "MIGRATION_MODULES": {},
}
SQLITE = "django.db.backends.sqlite3"

alone: subprocess.Popen[str] | None = None


def load() -> Answer:
    """Load Django with the settings that manage.py names."""
    text = Path("manage.py").read_text(encoding="utf-8", errors="replace")
    named = re.search(r"DJANGO_SETTINGS_MODULE['\"]\s*,\s*['\"]([\w.]+)", text)
    os.environ["DJANGO_SETTINGS_MODULE"] = named[1] if named else "config.settings"
    import django

    django.setup()
    from django.urls import get_resolver

    # Views and everything they import: what runserver would stumble over.
    _ = get_resolver().url_patterns
    return {"settings_module": os.environ["DJANGO_SETTINGS_MODULE"]}


def settings() -> Answer:
    """Return what the project resolved: its apps, its addresses, its Celery app."""
    from celery import Celery, current_app
    from django.conf import settings

    package = sys.modules.get("config")
    apps = [value for value in vars(package).values() if isinstance(value, Celery)]
    conf = current_app.conf
    return {
        "installed_apps": list(settings.INSTALLED_APPS),
        "debug": bool(settings.DEBUG),
        "databases": {
            name: {"engine": database["ENGINE"], "name": str(database["NAME"])}
            for name, database in settings.DATABASES.items()
        },
        "caches": settings.CACHES,
        "channel_layers": getattr(settings, "CHANNEL_LAYERS", {}),
        "asgi_application": getattr(settings, "ASGI_APPLICATION", None),
        "status_interval": getattr(settings, "STATUS_INTERVAL", None),
        "app_is_loaded": bool(apps),
        "app_is_current": current_app._get_current_object() in apps,
        "broker_url": conf.broker_read_url or conf.broker_url,
        "broker_write_url": conf.broker_write_url or conf.broker_url,
        "result_backend": conf.result_backend,
        "beat_scheduler": str(conf.beat_scheduler),
        "result_extended": bool(conf.result_extended),
        "task_always_eager": bool(conf.task_always_eager),
        "task_track_started": bool(conf.task_track_started),
    }


def package_migrations() -> Answer:
    """Return which installed packages' migrations come first on an empty database.

    No apps where the project has its own way with them, or one of its migrations comes amid theirs.
    """
    import sqlite3

    import django
    from django.apps import apps
    from django.conf import settings
    from django.db.migrations.executor import MigrationExecutor

    configs = [config for config in apps.get_app_configs() if config.name in PACKAGES]
    is_plain = all(getattr(settings, name, plain) == plain for name, plain in PLAIN.items())
    engines = [database["ENGINE"] for database in settings.DATABASES.values()]
    if not is_plain or engines != [SQLITE] or not all(map(_is_installed, configs)):
        return {"apps": []}
    labels = {config.label for config in configs}
    executor = MigrationExecutor(None)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    theirs = [f"{one.app_label}.{one.name}" for one, _ in plan if one.app_label in labels]
    if any(one.app_label not in labels for one, _ in plan[: len(theirs)]):
        return {"apps": []}
    versions = [getattr(config.module, "__version__", "") for config in configs]
    return {
        "apps": [config.name for config in configs],
        "migrations": theirs,
        "versions": [django.get_version(), sqlite3.sqlite_version, *versions],
    }


def _is_installed(config: Any) -> bool:
    """Tell whether an app and its configuration are the package's, and none of the project's."""
    import sysconfig

    folders = {Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")}
    modules = (config.module, sys.modules[type(config).__module__])
    files = [Path(module.__file__ or "").resolve() for module in modules]
    return all(folders.intersection(file.parents) for file in files)


def migrate() -> Answer:
    """Make the tables, and return the apps whose models have changes without a migration."""
    from django.apps import apps
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
    from django.db.migrations.state import ProjectState

    for connection in connections.all():
        if connection.vendor == "sqlite":
            # A copy: nobody needs it after a power cut, and the disk takes half a second.
            connection.cursor().execute("PRAGMA synchronous = OFF")
    call_command("migrate", interactive=False, verbosity=0)
    state = MigrationLoader(connections["default"]).project_state()
    questioner = NonInteractiveMigrationQuestioner(specified_apps=set(), dry_run=True)
    detector = MigrationAutodetector(state, ProjectState.from_apps(apps), questioner)
    changes = detector.changes(graph=MigrationLoader(None).graph)
    return {"missing": sorted(changes)}


def create_superuser(name: str, password: str) -> Answer:
    """Create an administrator."""
    from django.contrib.auth import get_user_model

    get_user_model().objects.create_superuser(name, f"{name}@localhost", password)
    return {}


def schedule(task: str, queue: str) -> Answer:
    """Have beat send `task` to `queue` every second from now on."""
    from django_celery_beat.models import IntervalSchedule, PeriodicTask

    every, _ = IntervalSchedule.objects.get_or_create(every=1, period="seconds")
    PeriodicTask.objects.create(name=f"{task} to {queue}", task=task, queue=queue, interval=every)
    return {}


def results(ids: list[str] | None = None) -> Answer:
    """Return the stored results, of `ids` alone if they are given."""
    from django_celery_results.models import TaskResult

    rows = TaskResult.objects.all()
    if ids is not None:
        rows = rows.filter(task_id__in=ids)
    fields = ("task_id", "status", "result", "task_name")
    return {"rows": [dict(zip(fields, row, strict=True)) for row in rows.values_list(*fields)]}


def store_state(task_id: str, state: str, text: str) -> Answer:
    """Store `state` for a task, as a worker would; `text` becomes the exception's, if any."""
    from celery import current_app
    from celery.exceptions import TaskRevokedError

    exceptions = {"FAILURE": ValueError, "RETRY": ValueError, "REVOKED": TaskRevokedError}
    value = exceptions[state](text) if state in exceptions else text
    current_app.backend.store_result(task_id, value, state, traceback="File nobody.py, line 1")
    return {}


def tracks_started(task: str) -> Answer:
    """Tell whether a worker stores STARTED when it takes this task; None where it is unknown."""
    from celery import current_app

    current_app.loader.import_default_modules()
    known = current_app.tasks.get(task)
    return {"tracked": None if known is None else bool(known.track_started)}


def group_send(group: str, message: Answer) -> Answer:
    """Send `message` to every member of `group`, as `manage.py shell` would."""
    from asgiref.sync import async_to_sync
    from channels.layers import get_channel_layer

    async_to_sync(get_channel_layer().group_send)(group, message)
    return {}


def load_asgi() -> Answer:
    """Load config.asgi:application in a Python of its own, as a server does that knows no Django.

    Return its exit code and what it said; the code is None while it goes on: ask again.
    """
    global alone
    if alone is None:
        kept = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
        code = "import config.asgi; config.asgi.application"
        alone = subprocess.Popen(
            [sys.executable, "-c", code],
            env=kept,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
    try:
        return {"said": alone.communicate(timeout=0.01)[1], "exit_code": alone.returncode}
    except subprocess.TimeoutExpired:
        return {"said": "", "exit_code": None}


QUESTIONS: dict[str, Callable[..., Answer]] = {
    function.__name__: function
    for function in (
        load,
        settings,
        package_migrations,
        migrate,
        create_superuser,
        schedule,
        results,
        store_state,
        tracks_started,
        group_send,
        load_asgi,
    )
}


def main() -> None:
    """Answer each question until the input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.path.insert(0, str(Path.cwd()))
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer: Answer = {"answer": QUESTIONS[asked.pop("question")](**asked)}
        except (Exception, SystemExit):  # the learner's code may raise anything
            answer = {"error": traceback.format_exc()}
        answers.write(json.dumps(answer, default=str) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
