"""The ladder's rungs are changes of step 05 as it stands, and the guide shows them as they are."""

import compileall
from pathlib import Path

import pytest

from benchmarks.push.projects import command_lines, make_project
from benchmarks.push.variants import LADDER, ORIGINAL_LISTING, RUNGS, Row, ladder, rung_patch
from docs_ext.benchmark_fences import rung_named
from workbook.errors import WorkbookError
from workbook.projects.patches.patch import apply_patches


@pytest.mark.parametrize("row", [ORIGINAL_LISTING, *ladder()], ids=lambda row: row.name)
def test_the_project_of_a_row_can_be_made_and_compiled(row: Row, tmp_path: Path) -> None:
    project = make_project(row, tmp_path)
    assert compileall.compile_dir(project.folder, quiet=1)
    words = command_lines(project.folder, 8123)
    assert "8123" in words["web"]
    assert words["worker"][-4:] == ["-I", "load_task", "-Q", "measured"]


def test_the_top_rung_holds_what_every_rung_adds(tmp_path: Path) -> None:
    folder = make_project(ladder()[-1], tmp_path).folder
    assert "redis.pipeline(" in (folder / "status/tasks.py").read_text("utf-8")
    assert "uvicorn" in (folder / "Procfile").read_text("utf-8")
    assert "fan_out.listen()" in (folder / "status/consumers.py").read_text("utf-8")
    assert "redis.pubsub(" in (folder / "status/fan_out.py").read_text("utf-8")


def test_step_05_is_the_ground_and_each_rung_adds_its_own_change(tmp_path: Path) -> None:
    folders = [make_project(row, tmp_path / row.name).folder for row in ladder()[:4]]
    tasks = [(folder / "status/tasks.py").read_text("utf-8") for folder in folders]
    assert ["render_to_string(" in text for text in tasks] == [False, True, True, True]
    hops = [(folder / "status/consumers.py").read_text("utf-8") for folder in folders]
    assert ["def dispatch" in text for text in hops] == [False, False, True, True]
    assert ["asyncio.Runner()" in text for text in tasks] == [False, False, False, True]


def test_a_rung_that_step_05_has_outgrown_is_named_with_both_lines(tmp_path: Path) -> None:
    project = make_project(ladder()[-1], tmp_path)
    where = r"ladder/2-no-thread-hop\.patch, line \d+, .* line \d+ of status/consumers\.py"
    with pytest.raises(WorkbookError, match=where):
        apply_patches([rung_patch("2-no-thread-hop")], project.folder)


@pytest.mark.parametrize("name", RUNGS)
def test_a_rung_is_shown_whole(name: str) -> None:
    text = (LADDER / f"{name}.patch").read_text("utf-8")
    shown = "\n".join(change.text for change in rung_named(name).changes)
    heads = ("diff --git", "---", "+++", "new file")
    lines = [line for line in text.splitlines() if not line.startswith(heads)]
    assert shown.splitlines() == lines


def test_no_rung_is_left_over() -> None:
    assert {path.stem for path in LADDER.iterdir()} == set(RUNGS)
