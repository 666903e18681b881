"""A clone on Windows holds the same bytes as one on Linux, whatever git is told of line ends."""

from pathlib import Path

import pytest

from tests.support.commands import run_command
from tests.support.text_files import write_files
from workbook.paths import ROOT

PICTURE = b"\x89PNG\r\n\x1a\n\0\r\n"


@pytest.mark.parametrize("autocrlf", ["true", "input", "false"])
def test_a_clone_has_the_same_bytes_whatever_autocrlf_says(tmp_path: Path, autocrlf: str):
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    attributes = (ROOT / ".gitattributes").read_text(encoding="utf-8")
    write_files(origin, {".gitattributes": attributes, "Procfile": "web: a\nworker: b\n"})
    (origin / "picture.png").write_bytes(PICTURE)
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@localhost"]
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "-qm", "All"]):
        run_command([*git, *words], origin, check=True)
    command = [*git, "clone", "--quiet", "-c", f"core.autocrlf={autocrlf}", str(origin), str(clone)]
    run_command(command, tmp_path, check=True)
    assert (clone / "Procfile").read_bytes() == b"web: a\nworker: b\n"
    assert (clone / "picture.png").read_bytes() == PICTURE
