"""A project that was not started as `config` is told so, and not an error of the checks' own."""

import subprocess
import sys
from pathlib import Path

import pytest

from checks.harness.project import opened_project
from checks.target import Target
from checks.verdicts import NotYet
from workbook.projects.steps import find_step

SECONDS = 60


def test_a_project_of_another_name_is_told_to_have_no_package_config(tmp_path: Path) -> None:
    start = [sys.executable, "-m", "django", "startproject", "mysite", "."]
    subprocess.run(start, cwd=tmp_path, check=True, timeout=SECONDS)
    target = Target(tmp_path, "named", find_step("01"))
    with opened_project(target) as project, pytest.raises(NotYet) as told:
        project.loaded()
    assert told.value.seen == "no package config: its settings are mysite.settings"
    assert told.value.look_at == "manage.py: which settings does it name?"
    assert told.value.guide == "01, Start a project"
