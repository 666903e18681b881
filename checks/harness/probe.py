"""Runs inside the learner's project, in a process of its own, and answers questions about it.

Questions come as lines of JSON on the standard input, answers go as lines of JSON to the standard
output. What the project itself prints goes to the standard error. Nothing of the workbook is
imported here: the project's folder alone is on the path.
"""

import ast
import asyncio
import gc
import io
import json
import os
import re
import runpy
import subprocess
import sys
import threading
import tokenize
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
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

LOOPBACK = "127.0.0.1"
ADMIN_PAGES = (
    "login",
    "index",
    "django_celery_results_taskresult_changelist",
    "django_celery_beat_periodictask_changelist",
)
# Settings that redirect a browser to where nothing listens, and the middleware that does it.
REDIRECTS = {
    "SECURE_SSL_REDIRECT": "django.middleware.security.SecurityMiddleware",
    "PREPEND_WWW": "django.middleware.common.CommonMiddleware",
}
# Under which names a worker finds in its broker what is sent to it, and how that is written.
SPOKEN_SETTINGS = (
    "task_default_queue",
    "task_default_exchange",
    "task_default_routing_key",
    "control_exchange",
    "task_serializer",
)
SPOKEN_OPTIONS = ("global_keyprefix", "fanout_prefix", "fanout_patterns", "sep", "priority_steps")
REDIS_PORT = 6379
CLIENTS = {"Redis", "StrictRedis"}
MAKE_CLIENTS = CLIENTS | {"from_url", "ConnectionPool", "BlockingConnectionPool"}
# Arguments of a client that name its Redis in another way than by host and port.
ELSEWHERE = {"**", "connection_pool", "unix_socket_path"}


def run_manage_py() -> None:
    """Run manage.py up to where it hands over to Django.

    However it names the settings, and whatever else it sets, holds from then on.
    """
    from django.core import management

    hand_over = management.execute_from_command_line
    management.execute_from_command_line = lambda argv=None: None
    sys.argv = ["manage.py", "version"]
    try:
        runpy.run_path("manage.py", run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise
    finally:
        management.execute_from_command_line = hand_over
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def databases() -> Answer:
    """Return the databases of the settings. No model is imported, and none of them is opened."""
    run_manage_py()
    from django.conf import settings

    return {
        name: {"engine": database.get("ENGINE", "none"), "name": str(database.get("NAME", ""))}
        for name, database in settings.DATABASES.items()
    }


def load() -> Answer:
    """Load Django, once `databases` has named the settings."""
    import django

    django.setup()
    from django.urls import get_resolver

    # Views and everything they import: what runserver would stumble over.
    _ = get_resolver().url_patterns
    return {}


def settings() -> Answer:
    """Return what the project resolved: its apps, its addresses, its Celery app."""
    return {**django_settings(), **celery_settings()}


def django_settings() -> Answer:
    """Return what Django and the apps beside it resolved."""
    from django.conf import settings
    from django.http.request import validate_host

    # With DEBUG on and no host named, Django answers to these.
    hosts = settings.ALLOWED_HOSTS or ([".localhost", LOOPBACK] if settings.DEBUG else [])
    names = [name for name in (LOOPBACK, "localhost") if validate_host(name, hosts)]
    module = os.environ["DJANGO_SETTINGS_MODULE"]
    file = getattr(sys.modules.get(module), "__file__", None) or "config/settings.py"
    return {
        "settings_module": module,
        "settings_file": Path(os.path.relpath(file)).as_posix(),
        "host": names[0] if names else "",
        "allowed_hosts": list(settings.ALLOWED_HOSTS),
        "redirects_away": [
            name
            for name, middleware in REDIRECTS.items()
            if getattr(settings, name) and middleware in settings.MIDDLEWARE
        ],
        "authentication_backends": list(settings.AUTHENTICATION_BACKENDS),
        "force_script_name": settings.FORCE_SCRIPT_NAME or "",
        "use_tz": bool(settings.USE_TZ),
        "time_zone": settings.TIME_ZONE,
        "admin": {name: address_of(f"admin:{name}") for name in ADMIN_PAGES},
        "installed_apps": list(settings.INSTALLED_APPS),
        "debug": bool(settings.DEBUG),
        "caches": settings.CACHES,
        "channel_layers": getattr(settings, "CHANNEL_LAYERS", {}),
        "asgi_application": getattr(settings, "ASGI_APPLICATION", None),
        "status_interval": getattr(settings, "STATUS_INTERVAL", None),
        "broker_names": [name for name in dir(settings) if "BROKER" in name and "URL" in name],
    }


def celery_settings() -> Answer:
    """Return what the current Celery app resolved, and how it speaks to a worker."""
    from celery import Celery, current_app

    package = sys.modules.get("config")
    values = vars(package).values() if package else ()
    apps = [value for value in values if isinstance(value, Celery)]
    conf, namespace = current_app.conf, current_app.namespace
    written = conf.broker_write_url or conf.broker_url
    options, expires = conf.broker_transport_options, conf.result_expires
    return {
        "package_is_loaded": package is not None,
        "app_is_loaded": bool(apps),
        "app_is_current": current_app._get_current_object() in apps,
        # None until config_from_object has named them.
        "app_has_settings": current_app._config_source is not None,
        "broker_url": conf.broker_read_url or conf.broker_url,
        "broker_setting": f"{namespace}_BROKER_URL" if namespace else "broker_url",
        "broker_write_url": written,
        "celery": {
            "broker_url": first_of(written),
            "broker_transport_options": {
                name: value for name, value in options.items() if name in SPOKEN_OPTIONS
            },
            **{name: conf[name] for name in SPOKEN_SETTINGS},
        },
        "result_backend": conf.result_backend,
        # Celery takes these before it looks at any setting.
        "celery_variables": [name for name in os.environ if name.startswith("CELERY_")],
        # In seconds. Without any, or with none, a result is kept for ever.
        "result_expires": expires.total_seconds() if isinstance(expires, timedelta) else expires,
        "beat_scheduler": str(conf.beat_scheduler),
        "result_extended": bool(conf.result_extended),
        "remote_control": bool(conf.worker_enable_remote_control),
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


def first_of(addresses: Any) -> str:
    """Return a broker's address: of several, which Celery takes as well, the first."""
    if isinstance(addresses, (list, tuple)):
        addresses = addresses[0] if addresses else ""
    return str(addresses or "").partition(";")[0]


def address_of(view: str) -> str:
    """Return the address of a view, empty if it has none."""
    from django.urls import NoReverseMatch, reverse

    try:
        return str(reverse(view))
    except NoReverseMatch:
        return ""


def finds_schedule(scheduler: str) -> Answer:
    """Tell whether beat, told to use `scheduler`, takes its schedule from the database."""
    from celery.utils.imports import load_extension_class_names, symbol_by_name
    from django_celery_beat.schedulers import DatabaseScheduler

    aliases = dict(load_extension_class_names("celery.beat_schedulers"))
    try:
        found = symbol_by_name(scheduler, aliases=aliases)
    except (ImportError, AttributeError):
        return {"in_database": False}
    return {"in_database": isinstance(found, type) and issubclass(found, DatabaseScheduler)}


def stores_results() -> Answer:
    """Tell whether results go to the tables of django_celery_results."""
    from celery import current_app

    try:
        from django_celery_results.backends.database import DatabaseBackend

        return {"in_database": isinstance(current_app.backend, DatabaseBackend)}
    except Exception:  # a backend that is named wrongly raises anything, and so does no such app
        return {"in_database": False}


def redis_clients() -> Answer:
    """Return the address of each Redis that the project's own code makes a client for, and where.

    What it makes as it is imported is there to look at; of the rest, what is written down.
    """
    import_what_processes_import()
    calls = list(calls_that_make_clients())
    files = sorted({file for file, _ in calls})
    clients = [
        {"address": address, "place": f"{file}, line {call.lineno}"}
        for file, call in calls
        if (address := written_address(call))
    ]
    for pool in connection_pools():
        found = pool.connection_kwargs
        host, port = found.get("host", "localhost"), found.get("port", REDIS_PORT)
        address = f"unix://{found['path']}" if "path" in found else f"redis://{host}:{port}"
        clients.append({"address": address, "place": " or ".join(files)})
    return {"clients": clients}


def import_what_processes_import() -> None:
    """Import what the web process and the worker do; what fails there is told by them."""
    from celery import current_app
    from django.conf import settings
    from django.utils.module_loading import import_string

    with suppress(Exception, SystemExit):
        current_app.loader.import_default_modules()
    if application := getattr(settings, "ASGI_APPLICATION", None):
        with suppress(Exception, SystemExit):
            import_string(application)


def connection_pools() -> list[Any]:
    """Return the pools of Redis clients that there are. Celery and Channels make theirs later."""
    modules = [sys.modules[name] for name in ("redis", "redis.asyncio") if name in sys.modules]
    kinds = tuple(module.ConnectionPool for module in modules)
    gc.collect()  # nothing was given up by itself: see main
    # Not isinstance: it asks a lazy object for its class, which makes it.
    return [one for one in gc.get_objects() if issubclass(type(one), kinds)]


def calls_that_make_clients() -> Iterator[tuple[str, ast.Call]]:
    """Give each call in the project's imported modules that makes a Redis client, and its file."""
    folder = Path.cwd()
    for module in list(sys.modules.values()):
        file = Path(getattr(module, "__file__", None) or "")
        if folder not in file.parents or file.suffix != ".py":
            continue
        with suppress(OSError, SyntaxError), tokenize.open(file) as source:
            for node in ast.walk(ast.parse(source.read())):
                if isinstance(node, ast.Call) and called(node) in MAKE_CLIENTS:
                    yield file.relative_to(folder).as_posix(), node


def called(call: ast.Call) -> str:
    """Return the name of what is called, without what stands before a dot."""
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def written_address(call: ast.Call) -> str:
    """Return the address that a call which makes a client has in it, "" where it is from elsewhere.

    Without any argument that is redis-py's own.
    """
    nodes = dict(zip(("host", "port"), call.args, strict=False))
    nodes |= {one.arg or "**": one.value for one in call.keywords}
    given = {
        name: str(node.value) if isinstance(node, ast.Constant) else ""
        for name, node in nodes.items()
    }
    if called(call) == "from_url":
        url = given.get("url", given.get("host", ""))
        return url if url.startswith(("redis", "unix")) else ""
    if called(call) not in CLIENTS or given.keys() & ELSEWHERE:
        return ""
    host, port = given.get("host", "localhost"), given.get("port", str(REDIS_PORT))
    return f"redis://{host}:{port}" if host and port else ""


def migrate() -> Answer:
    """Make the tables, and return the apps whose models have changes without a migration.

    By Django's own commands: they know what a model's texts, a router or a setting asks for.
    """
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    for connection in connections.all():
        if connection.vendor == "sqlite":
            # It is a copy, which need not survive a power cut, and to sync the disk takes half a
            # second.
            connection.cursor().execute("PRAGMA synchronous = OFF")
    for alias in connections:
        call_command("migrate", database=alias, interactive=False, verbosity=0)
    caches = settings.CACHES.values()
    if any(cache.get("BACKEND", "").endswith("DatabaseCache") for cache in caches):
        call_command("createcachetable", verbosity=0)
    said = io.StringIO()
    try:
        call_command(
            "makemigrations", check_changes=True, dry_run=True, interactive=False, stdout=said
        )
    except SystemExit:
        return {"missing": apps_without_migration(said.getvalue()) or ["your apps"]}
    return {"missing": []}


def apps_without_migration(said: str) -> list[str]:
    """Read out of what makemigrations `said` which apps lack a migration, by their labels.

    Where it would have to ask for a default it names the model alone.
    """
    from django.apps import apps

    if found := re.findall(r"^Migrations for '([^']+)':", said, re.MULTILINE):
        return found
    names = {name.lower() for name in re.findall(r" on model '(\w+)' not migrated", said)}
    return sorted(
        {model._meta.app_label for model in apps.get_models() if model._meta.model_name in names}
    )


def create_superuser(name: str, password: str) -> Answer:
    """Create an administrator by Django's own command, whatever the project's user model asks for.

    Return what they log in with: `login`, and `email`, empty where the model has none.
    """
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    model = get_user_model()
    wanted = [model.USERNAME_FIELD, *model.REQUIRED_FIELDS]
    values = {one: plausible(model._meta.get_field(one), name) for one in wanted}
    os.environ["DJANGO_SUPERUSER_PASSWORD"] = password
    call_command("createsuperuser", interactive=False, verbosity=0, **values)
    user = model._default_manager.get_by_natural_key(values[model.USERNAME_FIELD])
    email = getattr(user, model.get_email_field_name(), "")
    return {"login": str(user.get_username()), "email": str(email or "")}


def plausible(field: Any, name: str) -> Any:
    """Return a value that a model's `field` takes, `name` where it may be any text."""
    from django.core.exceptions import ValidationError

    if field.remote_field:
        model = field.remote_field.model
        found = model._default_manager.first()
        if found is None:
            needed = [
                one
                for one in model._meta.concrete_fields
                if not (one.primary_key or one.blank or one.has_default())
            ]
            values = {one.name: plausible(one, name) for one in needed}
            found = model._default_manager.create(**values)
        return found.pk
    choices = [value for value, _ in field.flatchoices if value not in ("", None)]
    texts = (f"{name}@example.com", "1", "2000-01-01", "2000-01-01 12:00", "12:00", "+4930123456")
    for value in (*choices, name, *texts, f"https://{name}.example.com/", str(uuid.uuid4())):
        try:
            field.clean(value, None)
        except ValidationError:
            continue
        return value
    return name


def schedule(task: str, queue: str) -> Answer:
    """Have beat send `task` to `queue` every second from now on."""
    from django_celery_beat.models import IntervalSchedule, PeriodicTask

    every, _ = IntervalSchedule.objects.get_or_create(every=1, period="seconds")
    PeriodicTask.objects.create(name=f"{task} to {queue}", task=task, queue=queue, interval=every)
    return {}


def schedule_overdue(task: str, queue: str) -> Answer:
    """Have beat send `task` to `queue` once, at its next look: it is daily, and two days late."""
    from django.utils import timezone
    from django_celery_beat.models import IntervalSchedule, PeriodicTask

    daily, _ = IntervalSchedule.objects.get_or_create(every=1, period="days")
    PeriodicTask.objects.create(
        name=f"{task} to {queue}",
        task=task,
        queue=queue,
        interval=daily,
        last_run_at=timezone.now() - timedelta(days=2),
    )
    return {}


def results(ids: list[str] | None = None) -> Answer:
    """Return the stored results, of `ids` alone if they are given."""
    from django_celery_results.models import TaskResult

    rows = TaskResult.objects.all()
    if ids is not None:
        rows = rows.filter(task_id__in=ids)
    fields = ("task_id", "status", "task_name")
    return {
        "rows": [
            {
                **{name: getattr(row, name) for name in fields},
                "result": as_json(row),
                "stored_at": row.date_done.timestamp() if row.date_done else 0.0,
            }
            for row in rows
        ]
    }


def as_json(row: Any) -> Any:
    """Return what a task returned as JSON, whichever serializer stored it."""
    from celery import current_app

    decode = getattr(current_app.backend, "decode_content", None)
    if row.content_type == "application/json" or decode is None:
        return row.result
    return json.dumps(decode(row, row.result), default=str)


def store_state(task_id: str, state: str, text: str) -> Answer:
    """Store `state` for a task, as a worker would; `text` becomes the exception's, if any."""
    from celery import current_app
    from celery.exceptions import TaskRevokedError

    exceptions = {"FAILURE": ValueError, "RETRY": ValueError, "REVOKED": TaskRevokedError}
    value = exceptions[state](text) if state in exceptions else text
    current_app.backend.store_result(task_id, value, state, traceback="File nobody.py, line 1")
    return {}


def store_session() -> Answer:
    """Store a session that holds a value no view knows; return its cookie's name and value."""
    from importlib import import_module

    from django.conf import settings as django_settings

    session = import_module(django_settings.SESSION_ENGINE).SessionStore()
    session["workbook"] = "here before"
    session.save()
    return {"name": django_settings.SESSION_COOKIE_NAME, "value": session.session_key}


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
        # What manage.py put on the path, a server's command does as well, by an option.
        own = [entry for entry in sys.path if Path.cwd() in Path(entry).parents]
        kept["PYTHONPATH"] = os.pathsep.join([*own, *filter(None, [kept.get("PYTHONPATH")])])
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


def stack_of_request(method: str, path: str, host: str, seconds: float) -> Answer:
    """Send a request to the view, and return the stack that it is at after `seconds`, if any."""
    from django.test import Client

    client = Client(headers={"host": host, "hx-request": "true"})
    thread = threading.Thread(target=client.generic, args=(method, path), daemon=True)
    thread.start()
    thread.join(seconds)
    frame = sys._current_frames().get(thread.ident or 0)
    return {"stack": as_traceback(traceback.extract_stack(frame)) if frame else ""}


def stack_of_connect(path: str, host: str, seconds: float) -> Answer:
    """Open a websocket in the application, and return the stack that it is at after `seconds`."""
    from channels.routing import get_default_application
    from channels.testing import WebsocketCommunicator

    headers = [(b"host", host.encode()), (b"origin", f"http://{host}".encode())]
    tasks: list[asyncio.Task[Any]] = []

    async def connect() -> None:
        page = WebsocketCommunicator(get_default_application(), path, headers)
        await page.send_input({"type": "websocket.connect"})
        tasks.append(page.future)
        await asyncio.wait([page.future], timeout=2 * seconds)

    thread = threading.Thread(target=lambda: asyncio.run(connect()), daemon=True)
    thread.start()
    thread.join(seconds)
    stack = traceback.extract_stack(sys._current_frames().get(thread.ident or 0))
    waiting: Any = tasks[0].get_coro() if tasks else None
    while waiting is not None and (frame := getattr(waiting, "cr_frame", None)):
        stack += traceback.extract_stack(frame, limit=1)
        waiting = waiting.cr_await
    return {"stack": as_traceback(stack) if thread.is_alive() else ""}


def left_of_visitors(path: str, host: str, visitors: int, seconds: float) -> Answer:
    """Let visitors open a websocket in the application, and leave; return which tasks they left.

    Those are asyncio's: the names of their functions. They get `seconds` to come to an end.
    """
    from channels.routing import get_default_application
    from channels.testing import WebsocketCommunicator

    headers = [(b"host", host.encode()), (b"origin", f"http://{host}".encode())]
    left: set[asyncio.Task[Any]] = set()

    async def visit() -> None:
        page = WebsocketCommunicator(get_default_application(), path, headers)
        await page.connect(timeout=seconds)
        await page.disconnect(timeout=seconds)

    async def visits() -> None:
        # What a layer begins with the first visitor goes on for all.
        await visit()
        before = asyncio.all_tasks()
        for _ in range(visitors):
            await visit()
        if more := asyncio.all_tasks() - before:
            left.update((await asyncio.wait(more, timeout=seconds))[1])

    asyncio.run(visits())
    return {"left": sorted(getattr(task.get_coro(), "__qualname__", "") for task in left)}


def as_traceback(stack: Iterable[traceback.FrameSummary]) -> str:
    """Return a stack as the traceback of an exception would tell it."""
    lines = "".join(traceback.format_list(list(stack)))
    return f"Traceback (most recent call last):\n{lines}StillWaiting: it did not come to an end\n"


QUESTIONS: dict[str, Callable[..., Answer]] = {
    function.__name__: function
    for function in (
        databases,
        load,
        settings,
        package_migrations,
        finds_schedule,
        stores_results,
        redis_clients,
        migrate,
        create_superuser,
        schedule,
        schedule_overdue,
        results,
        store_state,
        store_session,
        tracks_started,
        group_send,
        load_asgi,
        stack_of_request,
        stack_of_connect,
        left_of_visitors,
    )
}


def main() -> None:
    """Answer each question until the input ends."""
    gc.disable()  # what is imported stays: to look through it again and again takes a fifth longer
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
