"""Solutions of the exercises in the guide: rendered from the patches that lie beside the checks."""

from collections import Counter
from pathlib import Path

import pytest

from docs_ext.assets.patches import patch_named
from docs_ext.markdown_fences import fences_of
from tests.support.edited_projects import edited_copy
from tests.support.guides import boxes_in, complaint, rendered
from tests.support.solutions import apply_ours
from workbook.paths import ROOT
from workbook.projects.steps import find_step

STEPS = (1, 2, 3, 4, 5)


def patch_of(step: int) -> str:
    return f"checks/step_{step:02d}/your_turn.patch"


@pytest.mark.parametrize("step", STEPS)
def test_a_solution_makes_of_the_snapshot_what_the_page_shows(step: int, tmp_path: Path):
    project = edited_copy(step, (), tmp_path)
    apply_ours(step, project)
    for file in patch_named(patch_of(step)).changes:
        was = find_step(str(step)).folder / file.path
        lines = Counter(was.read_text(encoding="utf-8").splitlines() if was.exists() else [])
        shown = file.text.splitlines()
        lines.subtract(line[1:] for line in shown if line.startswith("-"))
        lines.update(line[1:] for line in shown if line.startswith("+"))
        solved = Counter((project / file.path).read_text(encoding="utf-8").splitlines())
        assert (file.place == "new file") == (not was.exists())
        assert lines == solved


@pytest.mark.parametrize("step", STEPS)
def test_each_page_shows_the_solution_of_its_exercise(step: int):
    page = next((ROOT / "docs").glob(f"{step:02d}-*.md"))
    shown = [fence.body.strip() for fence in fences_of(page) if fence.language == "patch"]
    assert shown == [patch_of(step)]


def test_each_file_of_a_patch_is_a_box_with_its_path():
    boxes = boxes_in(rendered(patch_of(4), "patch"))
    paths = [box.data["path"] for box in boxes]
    assert paths == [
        "status/consumers.py",
        "templates/live.html",
        "templates/status/partials/visitors.html",
    ]
    assert "new file" in boxes[-1].title
    assert boxes[-1].code.splitlines()[-1] == '+<span id="visitors">{{ number }}</span>'


@pytest.mark.parametrize("body", ["checks/step_09/your_turn.patch", "README.md", "../x.patch", ""])
def test_what_is_no_patch_stops_the_build_and_is_told_which_there_are(body: str):
    told = complaint(body, "patch")
    assert "is no patch beside a check" in told
    assert patch_of(1) in told
