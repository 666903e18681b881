"""The steps stay short: a neighbour is one idea away, and what a page begins with fits on it."""

import ast
import difflib
import re
from itertools import pairwise

import pytest

from docs_ext.listings.baseline import files_of
from workbook.projects.steps import Step, all_steps, find_step

MOST_CHANGED = {"02": 100, "03": 115, "04": 100, "05": 100}
# The longest way through: a style sheet is copied whole, and these are written by Django.
NOT_TYPED = re.compile(r"static/style\.css|status/(?:admin|apps|tests)\.py|.*/migrations/.*")
LONGEST = {"02": ("status/views.py", 25), "04": ("status/consumers.py", 25)}
LONGEST["05"] = ("status/consumers.py", 40)


def typed_in(step: Step) -> dict[str, list[str]]:
    texts = files_of(step.folder).items()
    return {name: text.splitlines() for name, text in texts if not NOT_TYPED.fullmatch(name)}


@pytest.mark.parametrize(
    ("before", "after"), [*pairwise(all_steps())], ids=[step.label for step in all_steps()[1:]]
)
def test_neighbours_differ_by_few_lines(before: Step, after: Step):
    old, new = typed_in(before), typed_in(after)
    if after.label == "02":
        # What `startapp` wrote and nobody touched.
        new.pop("status/models.py")
    changed = 0
    for name in old | new:
        lines = difflib.unified_diff(old.get(name, []), new.get(name, []), lineterm="", n=0)
        changed += sum(line[0] in "+-" for line in list(lines)[2:])
    assert changed <= MOST_CHANGED[after.label]


@pytest.mark.parametrize("label", LONGEST)
def test_the_step_s_own_module_is_short(label: str):
    name, most = LONGEST[label]
    lines = (find_step(label).folder / name).read_text("utf-8").splitlines()
    assert len(lines) <= most


def test_no_consumer_takes_over_what_channels_does():
    for step in all_steps():
        for file in step.folder.rglob("consumers.py"):
            tree = ast.parse(file.read_text("utf-8"))
            names = {getattr(node, "name", "") for node in ast.walk(tree)}
            assert names.isdisjoint({"__call__", "dispatch"}), file


def test_no_step_imports_the_library_of_one_server():
    for step in all_steps():
        for file in step.folder.rglob("*.py"):
            assert "autobahn" not in file.read_text("utf-8"), file
