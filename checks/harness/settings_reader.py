"""The settings as one environment leaves them, loaded in a process of their own and nothing else.

Nothing speaks to the addresses that they name.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from checks.harness.probe_client import PROBE
from checks.harness.process_log import learners_frames
from checks.pace import patience
from workbook.runtime.process_tree import run_to_end

SECONDS = patience(15)
MARK = "settings: "
# The settings and the package config are imported, no more: nothing may speak to that broker.
CODE = f"""\
import importlib, json, os, runpy, sys
sys.path.insert(0, os.getcwd())
runpy.run_path({str(PROBE)!r})["run_manage_py"]()
module = importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
from celery import current_app
conf = current_app.conf
found = {{
    "broker_url": conf.broker_read_url or conf.broker_url,
    "broker_transport": conf.broker_transport,
    "channel_layers": getattr(module, "CHANNEL_LAYERS", {{}}),
    "caches": getattr(module, "CACHES", {{}}),
    "status_interval": getattr(module, "STATUS_INTERVAL", None),
}}
print("\\n{MARK}" + json.dumps(found, default=str))
"""


class SettingsError(Exception):
    """The settings do not load there: the project's own last lines."""


def read_settings(folder: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """Load the settings of the project in `folder`, and return the addresses and times they name.

    Raises SettingsError where they do not load.
    """
    command = [sys.executable, "-c", CODE]
    code, said = run_to_end(command, folder, dict(environment), within_seconds=SECONDS)
    found = [line for line in said.splitlines() if line.startswith(MARK)]
    if code != 0 or not found:
        raise SettingsError(learners_frames(said, folder) or f"no answer within {SECONDS:g} s")
    settings: dict[str, Any] = json.loads(found[-1].removeprefix(MARK))
    return settings
