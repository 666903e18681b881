"""A goal names the checks that prove it, so that the live guide can tick it."""

import re

import pytest

from workbook.paths import ROOT
from workbook.projects.steps import Step, all_steps

GOAL = re.compile(r"^- \[ \] (?P<text>.+)\n(?:  \{: data-checks=\"(?P<checks>[\w ]+)\" \}$)?", re.M)
# No check waits for beat's own schedule: the reader ticks it.
BY_HAND = {"Beat sends the task by itself."}


def goals_of(step: Step) -> dict[str, list[str]]:
    """Return the goals on a step's page, each with the checks that it names."""
    page = (ROOT / "docs" / f"{step.page}.md").read_text(encoding="utf-8")
    assert page.count("data-checks") == page.count("  {: data-checks")
    return {found["text"]: (found["checks"] or "").split() for found in GOAL.finditer(page)}


@pytest.mark.parametrize("step", all_steps(), ids=lambda step: step.label)
def test_every_goal_names_checks_of_its_step(step: Step) -> None:
    goals = goals_of(step)
    assert len(goals) >= 5
    checks = "\n".join(file.read_text(encoding="utf-8") for file in step.checks.glob("test_*.py"))
    for text, names in goals.items():
        assert bool(names) != (text in BY_HAND), text
        for name in names:
            assert re.search(rf"^(def {name}\(|{name} = )", checks, re.M), f"{text}: {name}"
