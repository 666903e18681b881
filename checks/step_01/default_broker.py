"""Which broker does a project use where nothing names one? Asked in a copy, loading it alone."""

from __future__ import annotations

import re

from checks.harness.project import Project
from checks.harness.settings_reader import read_settings
from workbook.projects.copying import copy_project

VARIABLE = "CELERY_BROKER_REDIS_URL"


def broker_when_unset(project: Project) -> str:
    """Return the broker's address where neither the environment nor a `.env` names one.

    Raises SettingsError where the project does not load then.
    """
    folder = project.folder.with_name("unset")
    if not folder.exists():
        copy_project(project.folder, folder)
        own = (project.folder / ".env").read_bytes()
        kept = re.sub(rb"(?m)^\s*(export\s+)?" + VARIABLE.encode() + rb"\b.*$", b"", own)
        (folder / ".env").write_bytes(kept)
    environment = project.launcher.environment(project.redis.url)
    del environment[VARIABLE]
    return str(read_settings(folder, environment)["broker_url"])
