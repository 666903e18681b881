"""Which broker does a project use where nothing names one? Asked in a copy, loading it alone."""

from __future__ import annotations

import re
import sys

from checks.harness.process_log import learners_frames
from checks.harness.project import Project
from workbook.projects.copying import copy_project
from workbook.runtime.process_tree import run_to_end

VARIABLE = "CELERY_BROKER_REDIS_URL"
SECONDS = 15
MARK = "broker: "
# The settings and the package config are imported, no more: nothing may speak to that broker.
CODE = f"""\
import importlib, os, re, sys
sys.path.insert(0, os.getcwd())
with open("manage.py", encoding="utf-8", errors="replace") as file:
    named = re.search(r"DJANGO_SETTINGS_MODULE['\\"]\\s*,\\s*['\\"]([\\w.]+)", file.read())
os.environ["DJANGO_SETTINGS_MODULE"] = named[1] if named else "config.settings"
importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
from celery import current_app
print("\\n{MARK}" + str(current_app.conf.broker_read_url or current_app.conf.broker_url))
"""


class RaisesUnset(Exception):
    """The project raises where nothing names its broker: its own last lines."""


def broker_when_unset(project: Project) -> str:
    """Return the broker's address where neither the environment nor a `.env` names one.

    Raises RaisesUnset where the project does not load then.
    """
    folder = project.folder.with_name("unset")
    if not folder.exists():
        copy_project(project.folder, folder)
        own = (project.folder / ".env").read_bytes()
        kept = re.sub(rb"(?m)^\s*(export\s+)?" + VARIABLE.encode() + rb"\b.*$", b"", own)
        (folder / ".env").write_bytes(kept)
    environment = project.launcher.environment(project.redis.url)
    del environment[VARIABLE]
    command = [sys.executable, "-c", CODE]
    code, said = run_to_end(command, folder, environment, within_seconds=SECONDS)
    found: list[str] = re.findall(rf"^{MARK}(.*)$", said, re.MULTILINE)
    if code != 0 or not found:
        raise RaisesUnset(learners_frames(said, folder) or f"no answer within {SECONDS} s")
    return found[-1]
