"""Copies of a project: what comes along, and how old it looks to a browser."""

import os
import time
from pathlib import Path

from tests.support.text_files import read_files, write_files
from workbook.projects.copying import copy_project

YEAR_SECONDS = 365 * 24 * 3600


def test_a_copy_is_as_new_as_the_copying(tmp_path: Path) -> None:
    source = tmp_path / "project" / "live.js"
    source.parent.mkdir()
    source.write_text("// old\n", encoding="utf-8")
    source.chmod(0o755)
    os.utime(source, (time.time() - YEAR_SECONDS,) * 2)

    copy_project(source.parent, tmp_path / "copy")

    copied = tmp_path / "copy" / "live.js"
    assert copied.read_text(encoding="utf-8") == "// old\n"
    assert time.time() - copied.stat().st_mtime < YEAR_SECONDS / 2
    assert copied.stat().st_mode == source.stat().st_mode


def test_a_virtual_environment_of_any_name_is_not_copied(tmp_path: Path) -> None:
    source = tmp_path / "project"
    write_files(source, {"env/pyvenv.cfg": "", "env/lib/x.py": "x", "status/views.py": "v"})

    copy_project(source, tmp_path / "copy")

    assert read_files(tmp_path / "copy") == {"status/views.py": "v"}
