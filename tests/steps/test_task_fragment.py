"""The fragment of a task that goes on while it is rendered: it never says what was never true."""

import json
import os
import re
import sys

import pytest

from tests.support.commands import run_command
from workbook.paths import ROOT

POLLING_STEPS = ("03-poll-task-status", "04-setup-websocket", "05-websocket-celery")
LOOKS = 12  # more than the template takes

# A result that is one state further from the look number `turn` on, as the backend may tell it.
RENDER_EACH = """
import json, os, sys
os.environ['DJANGO_SETTINGS_MODULE'] = 'config.settings'
import django
django.setup()
from django.template.loader import render_to_string

ENDS = ('SUCCESS', 'FAILURE', 'REVOKED')

class Result:
    id = '11111111-1111-4111-8111-111111111111'

    def __init__(self, before, after, turn):
        self.before, self.after, self.left = before, after, turn

    def look(self):
        self.left -= 1
        return self.before if self.left >= 0 else self.after

    state = property(lambda self: self.look()[0])
    info = result = property(lambda self: self.look()[1])

    def ready(self):
        return self.look()[0] in ENDS

before, after, looks = json.loads(sys.argv[1])
results = [Result(before, after, turn) for turn in range(looks)]
print(json.dumps([render_to_string('status/partials/task.html', {'result': r}) for r in results]))
"""

AT_WORK = ("PROGRESS", {"percent": 80})


def fragments(step: str, before: tuple[str, object], after: tuple[str, object]) -> list[str]:
    """Return the fragment for each look at which the task may have gone from one state on."""
    done = run_command(
        [sys.executable, "-c", RENDER_EACH, json.dumps([before, after, LOOKS])],
        ROOT / "steps" / step,
        {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("step", POLLING_STEPS)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("STARTED", None), ("PROGRESS", {"percent": 0})),
        (AT_WORK, ("PROGRESS", {"percent": 100})),
        (AT_WORK, ("SUCCESS", "RUNNING")),
        (AT_WORK, ("FAILURE", "no")),
    ],
    ids=lambda state: state[0],
)
def test_task_goes_on_meanwhile(
    step: str, before: tuple[str, object], after: tuple[str, object]
) -> None:
    for fragment in fragments(step, before, after):
        assert re.search(r"<strong>(\w+)</strong>", fragment)[1] in {before[0], after[0]}
        assert 'value=""' not in fragment
        if before == AT_WORK and "<progress" in fragment:
            assert int(re.search(r'<progress value="(\d+)"', fragment)[1]) >= 80


@pytest.mark.parametrize("step", POLLING_STEPS)
def test_a_fragment_that_does_not_show_the_end_asks_on(step: str) -> None:
    for fragment in fragments(step, AT_WORK, ("SUCCESS", "RUNNING")):
        assert "SUCCESS" in fragment or "hx-trigger" in fragment
