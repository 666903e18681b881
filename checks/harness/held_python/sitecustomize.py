"""What a process of a project runs that was started before there is anything to run.

Python imports it at its start. It imports the libraries that the process will import anyway, and
waits until the gate opens; then the process goes on as it would have begun. Nothing of the workbook
is imported here, and nothing of a project.
"""

import gc
import importlib
import os
import sys

COMMON = (
    *("celery.app.amqp", "celery.app.control", "celery.app.log", "celery.app.trace"),
    *("celery.backends.base", "celery.beat", "celery.fixups.django", "celery.loaders.app"),
    *("celery.result", "decouple", "kombu.pidbox", "kombu.transport.redis", "redis"),
    *("redis.asyncio", "asyncio", "logging.config", "zoneinfo"),
    *("django.apps", "django.conf", "django.contrib.admin.widgets", "django.core.cache"),
    *("django.contrib.auth.hashers", "django.contrib.messages.api", "django.core.checks"),
    *("django.contrib.sessions.backends.db", "django.contrib.sessions.middleware"),
    *("django.contrib.staticfiles.finders", "django.core.handlers.wsgi", "django.core.mail"),
    *("django.core.management", "django.core.serializers", "django.db.backends.sqlite3.base"),
    *("django.db.migrations.executor", "django.db.models.sql.compiler", "django.forms"),
    *("django.http", "django.middleware.common", "django.middleware.csrf", "django.shortcuts"),
    *("django.middleware.security", "django.template.backends.django", "django.urls"),
    *("django.template.defaultfilters", "django.template.defaulttags", "django.test.signals"),
    *("django.template.loader_tags", "django.utils.translation.trans_real", "django.views.debug"),
    *("django.views.generic", "django.views.static", "django.db.migrations.autodetector"),
    *("cron_descriptor", "crontab"),
)
WEB = (
    "django.contrib.staticfiles.management.commands.runserver",
    "django.core.servers.basehttp",
    "django.utils.autoreload",
)
DAPHNE = ("channels.auth", "channels.generic.websocket", "daphne.management.commands.runserver")
CELERY = ("celery.bin.celery", "celery.bin.worker", "celery.bin.beat", "celery.apps.beat")
WORKER = ("celery.apps.worker", "celery.worker.consumer")
# For the option -P.
POOLS = {"gevent": "gevent", "eventlet": "eventlet", "threads": "thread", "solo": "solo"}


def wanted(words: list[str], named: list[str]) -> list[str]:
    """Return the modules to import for a command line; `named` are those of the project's apps."""
    modules = [*COMMON, *named]
    if "runserver" in words:
        modules += WEB
        if "daphne.server" in named:
            modules += DAPHNE
    if any(os.path.basename(word).startswith("celery") for word in words):  # noqa: PTH119
        modules += CELERY
        if "worker" in words:
            pool = next((POOLS[word] for word in words if word in POOLS), "prefork")
            modules += [*WORKER, f"celery.concurrency.{pool}"]
    return modules


def hold() -> None:
    """Import what will be wanted, and wait for the gate."""
    here = os.path.dirname(__file__)  # noqa: PTH120
    sys.path[:] = [entry for entry in sys.path if entry != here]
    gate, named = os.environ.pop("WORKBOOK_GATE", ""), os.environ.pop("WORKBOOK_NAMED", "")
    kept = [
        one for one in os.environ.pop("PYTHONPATH", "").split(os.pathsep) if one and one != here
    ]
    if kept:
        os.environ["PYTHONPATH"] = os.pathsep.join(kept)
    if not gate:
        return
    words = sys.orig_argv
    if "worker" in words:
        # What Celery does before it imports anything else: gevent changes modules as they are.
        import celery

        celery.maybe_patch_concurrency(words)
    gc.disable()  # what is imported stays: to look through it again and again takes a fifth longer
    for name in wanted(words, named.split()):
        try:
            importlib.import_module(name)
        except Exception:  # the process comes to it again, and tells why
            continue
    gc.enable()
    with open(gate, "rb"):  # it opens once somebody writes to it  # noqa: PTH123
        importlib.invalidate_caches()


hold()
