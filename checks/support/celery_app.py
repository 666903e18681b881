"""Is there a Celery app that Django loads, and does it take its settings from Django?

Asked before anything is started: without one nobody knows which broker a worker would use.
"""

from __future__ import annotations

from typing import Any

from checks.support.verdict import NotYet


def require_celery_app(settings: dict[str, Any]) -> None:
    """Raise NotYet unless the package `config` holds one Celery app that knows its broker.

    `settings` are those of the probe.
    """
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
    if not settings["broker_url"]:
        raise NotYet(
            done="read the broker's address from the Celery app",
            seen="none: the app found no setting of that name",
            expected="the address in CELERY_BROKER_URL, handed over by Django's settings",
            open="config/celery.py: which prefix does config_from_object name? "
            "config/settings.py: do the names begin with it?",
            guide="01, Configure the Celery app",
        )
