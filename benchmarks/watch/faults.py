"""Faults in a view, a template, a task and a consumer, one each where the step has such a file."""

from dataclasses import dataclass
from pathlib import Path

from workbook.errors import WorkbookError

VIEWS, URLS, TASKS = "status/views.py", "status/urls.py", "status/tasks.py"
CONSUMERS = "status/consumers.py"
PARTIALS = "templates/status/partials"
SYNTAX = "syntax"


@dataclass(frozen=True)
class Fault:
    """A change of one file of a step's project.

    `passes` is how many seconds the step's contract itself lets pass before the ✗ can be told, from
    the moment that the processes run.
    """

    step: str
    kind: str
    file: str
    old: str
    new: str
    passes: float = 0

    def text(self, good: str, number: int) -> str:
        """Return the file's text with the fault, a different one for each `number`."""
        if self.old not in good:
            raise WorkbookError(f"Step {self.step}: {self.file} has no “{self.old}” any more.")
        remark = f"\n{{# {number} #}}\n" if self.file.endswith(".html") else f"\n# {number}\n"
        return good.replace(self.old, self.new, 1) + remark

    def good_text(self, project: Path) -> str:
        """Return the file's text in a `project` without the fault."""
        return (project / self.file).read_text(encoding="utf-8")


FAULTS = (
    Fault("02", "view", VIEWS, "'task_id'] = result.id", "'task_id'] = result.state"),
    Fault("02", "template", "templates/index.html", "{% csrf_token %}", ""),
    Fault("02", "task", TASKS, "return 'RUNNING'", "return 'DONE'", passes=2),
    Fault("03", "view", VIEWS, "status=202", "status=200"),
    Fault("03", "template", f"{PARTIALS}/task.html", "if not result.ready", "if result.ready"),
    Fault("03", "task", TASKS, "{'percent': percent}", "{'percent': 90 - percent}", passes=5),
    Fault("03", SYNTAX, VIEWS, "def check_status", "def check status"),
    Fault("04", "view", URLS, "'live.html'", "'index.html'"),
    Fault("04", "template", f"{PARTIALS}/current_status.html", 'id="status"', 'id="other"'),
    Fault("04", "consumer", CONSUMERS, "'RUNNING'", "'STARTED'"),
    # A run is five statuses, one a second here, and then a silence is waited for; the browser
    # comes after it.
    Fault(
        "05", "template", f"{PARTIALS}/current_status.html", 'id="status"', 'id="other"', passes=5.3
    ),
    Fault("05", "task", TASKS, "'RUNNING', 'FINISHED'", "'FINISHED', 'RUNNING'", passes=5.3),
    Fault("05", "consumer", CONSUMERS, "{'status': status}", "{'status': 'STARTED'}", passes=5.3),
)
