"""Each stage of a step is a project that loads, and is linted as a step is."""

import os
import sys
from pathlib import Path

import pytest

from tests.support.commands import run_command
from workbook.paths import ROOT
from workbook.projects.patches.stages import stages_of
from workbook.projects.steps import Step, all_steps

# The urls, the Celery app and its tasks, and the websockets' app, as far as a stage has them.
LOAD = """
import importlib.util, os
os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')
import django; django.setup()
from django.core.management import call_command
call_command('check')
for name in ('config.celery', 'config.asgi', 'config.wsgi', 'status.tasks', 'status.consumers'):
    parent = name.partition('.')[0]
    if importlib.util.find_spec(parent) and importlib.util.find_spec(name):
        importlib.import_module(name)
"""


def run(command: list[str], folder: Path) -> str:
    done = run_command(command, folder, os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}, timeout=60)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("step", all_steps(), ids=lambda step: step.label)
def test_the_stages_of_a_step_load_and_are_as_clean_as_it(step: Step, tmp_path: Path):
    settings = (ROOT / "pyproject.toml").read_text("utf-8")
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
    for stage in stages_of(step):
        # Below a folder of that name, the settings of the linter that are for steps hold.
        project = tmp_path / "steps" / stage.file.stem
        stage.copy_to(project)
        assert run([sys.executable, "-c", LOAD], project) == "", stage.name
    assert run([sys.executable, "-m", "ruff", "check", "."], tmp_path) == ""
