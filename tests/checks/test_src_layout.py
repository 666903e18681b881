"""A project whose packages lie in src/, where manage.py finds them, is as right as another one."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.harness.probe_client import Probe
from checks.step_01.secret_key import require_key_from_environment
from checks.verdicts import NotYet
from tests.support.edited_projects import Appending, Edit, edited_copy
from tests.support.text_files import write_files

SECONDS = 20
ON_THE_PATH = "import os\nimport sys\n\nsys.path.insert(0, os.path.abspath('src'))\n"
AS_WRITTEN = "SECRET_KEY = 'django-insecure-as-startproject-wrote-it'"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return step 04's project in that layout, with the key that startproject wrote."""
    edits = (
        Edit("manage.py", "import os\nimport sys\n", ON_THE_PATH),
        Appending("config/settings.py", AS_WRITTEN),
    )
    folder = edited_copy(4, edits, tmp_path)
    for package in ("config", "status"):
        shutil.move(folder / package, folder / "src" / package)
    return folder


@pytest.fixture
def probe(project: Path, tmp_path: Path) -> Iterator[Probe]:
    opened = Probe(project, dict(os.environ), tmp_path / "probe.log")
    opened.ask("databases", within_seconds=SECONDS)
    yield opened
    opened.close()


def test_any_server_can_load_its_application(probe: Probe) -> None:
    end = time.monotonic() + SECONDS
    while (answer := probe.ask("load_asgi"))["exit_code"] is None:
        assert time.monotonic() < end
    assert answer == {"said": "", "exit_code": 0}


def test_the_key_that_startproject_wrote_is_found(probe: Probe, project: Path) -> None:
    probe.ask("load", within_seconds=SECONDS)
    file = probe.ask("settings")["settings_file"]
    with pytest.raises(NotYet) as told:
        require_key_from_environment(project, file)
    assert told.value.look_at.startswith("src/config/settings.py, line ")


@pytest.mark.parametrize(
    ("loaded", "written"),
    [
        ("config/settings.py", "config/settings_laptop.py"),
        ("config/settings/local.py", "config/settings/base.py"),
        ("config/settings/__init__.py", "config/settings/base.py"),
    ],
)
def test_the_key_is_found_in_each_file_of_the_settings(
    loaded: str, written: str, tmp_path: Path
) -> None:
    write_files(tmp_path, {loaded: "", written: AS_WRITTEN})
    with pytest.raises(NotYet) as told:
        require_key_from_environment(tmp_path, loaded)
    assert told.value.look_at.startswith(f"{written}, line 1")
