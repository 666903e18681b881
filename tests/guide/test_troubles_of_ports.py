"""Troubleshooting's words for a port that is taken, as Django and Daphne say them."""

import shutil
import socket
import sys
from pathlib import Path

import pytest

from tests.support.commands import run_command
from workbook.paths import ROOT
from workbook.projects.steps import find_step

START_SECONDS = 60


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("02", "Error: That port is already in use."),
        ("04", "Listen failure: Couldn't listen on 127.0.0.1:{port}: [Errno 98] Address already"),
    ],
)
def test_a_server_says_that_its_port_is_taken(step: str, words: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(find_step(step).folder, project)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "manage.py", "runserver", "--noreload", str(port)]
        done = run_command(command, project, timeout=START_SECONDS)
    assert words.format(port=port) in done.stdout + done.stderr
    page = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
    assert words.format(port=8000) in page
