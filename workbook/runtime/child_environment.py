"""The environment variables that a project's processes and the checks get, and a run's mark."""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping
from pathlib import Path

from workbook.paths import ROOT

# Carried by every process of a run, so that the last grandchild is found whoever its parent is.
MARK = "WORKBOOK_RUN"
BROKER_ADDRESS = "CELERY_BROKER_REDIS_URL"
# What Celery's command line reads besides all that begins with CELERY_.
READ_BY_CELERY = {"APP", "BROKER_URL", "CONFIG_MODULE", "LOADER", "RESULT_BACKEND", "SKIP_CHECKS"}


def environment_for(
    redis_url: str, port: int | None = None, run_id: str | None = None
) -> dict[str, str]:
    """Return the variables that a project's processes get.

    `redis_url` is its broker, `port` what its page listens on, `run_id` the mark to find them by.
    The programs of the Python that runs this come first on the PATH.
    """
    programs = str(Path(sys.executable).parent)
    environment = dict(os.environ)
    # Another project's settings, or modules of this repository, must not shadow the project's,
    # and its own modules must be found.
    for name in ("DJANGO_SETTINGS_MODULE", "PYTHONHOME", "PYTHONSAFEPATH", "__PYVENV_LAUNCHER__"):
        environment.pop(name, None)
    forget_celery_variables(environment)
    kept = [
        entry
        for entry in environment.pop("PYTHONPATH", "").split(os.pathsep)
        if entry and Path(entry).resolve() != ROOT
    ]
    if kept:
        environment["PYTHONPATH"] = os.pathsep.join(kept)
    environment |= {
        BROKER_ADDRESS: redis_url,
        "PATH": os.pathsep.join([programs, environment.get("PATH", os.defpath)]),
        "PYTHONIOENCODING": "utf-8",
        "PYTHONUNBUFFERED": "1",
        "VIRTUAL_ENV": sys.prefix,
    }
    if port is not None:
        environment["PORT"] = str(port)
    if run_id is not None:
        environment[MARK] = run_id
    return environment


def environment_for_checks() -> dict[str, str]:
    """Return the variables that the tool's own pytest gets: without the options for the user's."""
    unwanted = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def forget_celery_variables(environment: MutableMapping[str, str]) -> None:
    """Take out the variables that Celery reads by itself, as another project may have set them.

    Celery prefers them to a project's settings, and to the address that an app is made with: a
    worker would take another project's tasks. What a project itself wants is in its `.env`.
    """
    for name in list(environment):
        is_read = name.startswith("CELERY_") or name in READ_BY_CELERY
        if is_read and name != BROKER_ADDRESS:
            del environment[name]
