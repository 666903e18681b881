"""The environment variables that a project's processes get, and the mark to find them by."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from workbook.paths import ROOT

# Carried by every process of a run, so that the last grandchild is found whoever its parent is.
MARK = "WORKBOOK_RUN"


def environment_for(
    redis_url: str, port: int | None = None, run_id: str | None = None
) -> dict[str, str]:
    """Return the variables that a project's processes get.

    `redis_url` is its broker, `port` what its page listens on, `run_id` the mark to find them by.
    The programs of the Python that runs this come first on the PATH.
    """
    programs = str(Path(sys.executable).parent)
    environment = dict(os.environ)
    # Another project's settings, or modules of this repository, must not shadow the project's.
    for name in ("DJANGO_SETTINGS_MODULE", "PYTHONHOME", "__PYVENV_LAUNCHER__"):
        environment.pop(name, None)
    kept = [
        entry
        for entry in environment.pop("PYTHONPATH", "").split(os.pathsep)
        if entry and Path(entry).resolve() != ROOT
    ]
    if kept:
        environment["PYTHONPATH"] = os.pathsep.join(kept)
    environment |= {
        "CELERY_BROKER_REDIS_URL": redis_url,
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
