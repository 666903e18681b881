"""Projects that look different at the end of step 01, and are as right."""

import pytest

from tests.support.edited_projects import Edit, Variant, every_check_holds
from workbook.projects.steps import find_step

SETTINGS, PROCFILE, CELERY = "config/settings.py", "Procfile", "config/celery.py"
WORKER = "-P gevent -c 10"
BROKER = "config('CELERY_BROKER_REDIS_URL', default='redis://localhost:6379')"
SECRET_KEY = "config('SECRET_KEY', default='django-insecure-for-a-laptop-only')"
WHOLE_SETTINGS = (find_step("1").folder / SETTINGS).read_text(encoding="utf-8")

VARIANTS = [
    Variant(
        "os_environ_and_prefork",
        Edit(SETTINGS, "from pathlib", "import os\nfrom pathlib"),
        Edit(SETTINGS, "from decouple import config\n", ""),
        Edit(SETTINGS, SECRET_KEY, "'a-key-of-its-own'"),
        Edit(SETTINGS, "ALLOWED_HOSTS = []", "ALLOWED_HOSTS = ['*']"),
        Edit(
            SETTINGS,
            BROKER,
            "os.environ.get('CELERY_BROKER_REDIS_URL', 'redis://127.0.0.1:6379/0')",
        ),
        Edit(PROCFILE, WORKER, "-P prefork -c 2"),
    ),
    Variant(
        "settings_split_in_a_package",
        Edit(SETTINGS, "", None),
        Edit("config/settings/__init__.py", "", "\n"),
        Edit(
            "config/settings/base.py",
            "",
            WHOLE_SETTINGS.replace(".parent.parent\n", ".parent.parent.parent\n"),
        ),
        Edit("config/settings/local.py", "", "from .base import *\n\nDEBUG = True\n"),
        Edit("manage.py", "'config.settings'", "'config.settings.local'"),
        Edit(CELERY, "'config.settings'", "'config.settings.local'"),
        Edit(PROCFILE, WORKER, "-P threads -c 4"),
    ),
    Variant(
        # Celery finds BROKER_URL without the prefix: it was the setting's name before version 4.
        "other_names_and_spellings",
        Edit(SETTINGS, "CELERY_BROKER_URL =", "BROKER_URL ="),
        Edit(CELERY, "celery = Celery('config')", "app = Celery('project')"),
        Edit(CELERY, "celery.config_from", "app.config_from"),
        Edit(CELERY, "celery.autodiscover", "app.autodiscover"),
        Edit("config/__init__.py", "import celery as celery_app", "import app"),
        Edit("config/__init__.py", "('celery_app',)", "('app',)"),
        Edit(SETTINGS, "'django_celery_beat'", "'django_celery_beat.apps.BeatConfig'"),
        Edit(
            SETTINGS, "'django_celery_results'", "'django_celery_results.apps.CeleryResultConfig'"
        ),
        Edit(SETTINGS, "django_celery_beat.schedulers:", "django_celery_beat.schedulers."),
        Edit(PROCFILE, "runserver $PORT", "runserver --noreload 127.0.0.1:${PORT}"),
        Edit(PROCFILE, WORKER, "--pool=solo"),
        Edit(PROCFILE, "beat --loglevel=info", "beat --scheduler django"),
    ),
]


# Two that change other things run as one project; the long rounds take each by itself.
FROM_OS, PACKAGE, NAMES = VARIANTS

test_variant = every_check_holds(1, [FROM_OS.beside(NAMES), PACKAGE])
test_single = pytest.mark.long(every_check_holds(1, [FROM_OS, NAMES]))
