"""Who is in the middle of a page is led on by the first ✗: to a section that comes next there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.edited_projects import Edit, checks_on
from workbook.paths import ROOT
from workbook.projects.patches.stages import Stage, stages_of
from workbook.projects.steps import Step, all_steps, find_step

SECTION = re.compile(r"^## (.+?)(?: \{.*\})?$", re.MULTILINE)
CODE = re.compile(r"^ *```(?:listing|change)(?: stage=\"([\w-]+)\")?$", re.MULTILINE)
# What any address opens works as well: nothing asks for this section's code.
UNASKED = "routing"
# These led past a section once, and are cheap: they are asked in every run, the others in the
# long rounds.
LED_PAST = ("03-self-polling", "03-fragment", "03-htmx-form", "04-partial")
FINISHED = ""  # what a block of code has for a stage where it shows the snapshot itself


def sections_that_build(step: Step) -> dict[str, list[str]]:
    """Return the sections of a step's page that lead to each stage, in the order of the page."""
    page = (ROOT / "docs" / f"{step.page}.md").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    _, *parts = SECTION.split(page.partition("\n## Check your work")[0])
    for heading, text in zip(parts[::2], parts[1::2], strict=True):
        for stage in dict.fromkeys(one or FINISHED for one in CODE.findall(text)):
            found.setdefault(stage, []).append(heading.replace("`", ""))
    return found


def on_the_way() -> Iterator[object]:
    """Give each project that a page comes from, and the sections that may come next."""
    for before, step in zip(all_steps(), all_steps()[1:], strict=False):
        stages = stages_of(step)
        nexts = [*(stage.name for stage in stages), FINISHED]
        nexts = [
            later if stage == UNASKED else stage
            for stage, later in zip(nexts, [*nexts[1:], FINISHED], strict=True)
        ]
        for project, following in zip((before, *stages), nexts, strict=True):
            where = project.name if isinstance(project, Stage) else "base"
            name = f"{step.number:02}-{where}"
            marks = [] if name in LED_PAST else [pytest.mark.long]
            yield pytest.param(step, project, following, id=name, marks=marks)


@pytest.mark.takes_long("the processes of a step, up to the first ✗")
@pytest.mark.parametrize(("step", "project", "following"), list(on_the_way()))
def test_the_first_cross_names_a_section_that_comes_next(
    step: Step, project: Step | Stage, following: str, tmp_path: Path
):
    project.copy_to(tmp_path / "project")
    said = checks_on(step.number, tmp_path / "project", "-x")
    _, _, cross = said.text.partition("✗ ")
    named = re.search(rf"^ +guide +{step.number:02}, (.+)$", cross, re.MULTILINE)
    assert named, said.text
    assert named[1].strip() in sections_that_build(step)[following], said.text


@pytest.mark.takes_long("the processes of step 03, up to the first ✗")
def test_a_task_that_fails_is_told_before_what_comes_next(tmp_path: Path):
    """Who forgets `bind=True` in 03's first section sees a page on which nothing polls."""
    stage = next(one for one in stages_of(find_step("03")) if one.name == "self-polling")
    project = tmp_path / "project"
    stage.copy_to(project)
    Edit("status/tasks.py", "@shared_task(bind=True)", "@shared_task").apply(project)
    said = checks_on(3, project, "-x").flat
    assert "nothing polls after a click: AttributeError: 'str' object has no attribute" in said
    assert "status/tasks.py, line 11: is the first argument the task itself?" in said
    assert "guide 03, Report progress" in said
