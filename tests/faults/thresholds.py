"""What the fault tests measure, and how much of it they allow.

A test hands its figure to the fixture `figure` (conftest.py), which holds it to its bound.
`python -m tests.faults.record` keeps the figures of a run in docs/output/: the guide shows those.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from checks.harness.project import INTERVAL_SECONDS

# A figure's name and value: what the fixture takes.
Figures = Callable[[str, float], None]
# Names a file in the environment: each figure of the run is added to it, as a line of JSON.
RECORD_TO = "WORKBOOK_FAULTS_RECORD_TO"


@dataclass(frozen=True)
class Bound:
    """A figure's line in the guide, and the most that its test allows."""

    fault: int
    what: str
    most: float
    unit: str = "s"

    def shown(self, value: float) -> str:
        """Return a figure with its unit: tenths of a second, whole percent and counts."""
        if self.unit == "s":
            return f"{value:.1f} s" if value >= 0.1 else f"{1000 * value:.0f} ms"
        return f"{value:,.0f} {self.unit}".rstrip()


BOUNDS = {
    "refused": Bound(1, "Redis refuses: 503 and an error message", 2),
    "frozen": Bound(1, "Redis is frozen: 503 and an error message", 7),
    "restarted": Bound(2, "Redis answers again: an open page is updated", 15),
    "forgotten": Bound(3, "Redis forgets everything: an open page is updated", 15),
    "asked to end": Bound(4, "worker asked to end: its tasks are done, it is gone", 60),
    "killed": Bound(4, "worker killed: the polling page asks whether it runs", 30),
    "run again": Bound(
        4, "worker killed amid a run: the next run sends a status", 10 + 3 * INTERVAL_SECONDS
    ),
    "absent": Bound(5, "no worker: the button is answered", 10),
    "silent": Bound(5, "no worker: the page asks whether it runs", 30),
    "done later": Bound(5, "a worker starts: the task that waited is done", 60),
    "web killed": Bound(6, "server killed and started: an open page is updated", 60),
    "web asked to end": Bound(6, "server restarted: an open page is updated", 60),
    "fired again": Bound(6, "beat killed and started: messages sent twice", 0, ""),
    "stored": Bound(7, "1,000 tasks at once: all results are stored", 240),
    "told": Bound(8, "500 visitors, half cut off: the last one is updated", 120),
    "kept": Bound(8, "500 more visitors: memory they add, of the first 500's", 10, "%"),
    "delayed": Bound(9, "one page reads nothing: another is updated", 1),
    "overdue": Bound(10, "beat slept ten hours: messages for an hourly task", 1, ""),
    "full": Bound(11, "the server's disk is full: 503 and an error message", 10),
    "full worker": Bound(11, "the worker's disk is full: the page asks whether it runs", 30),
    "refusing": Bound(12, "Redis takes no writes: 503 and an error message", 7),
    "restarted worker": Bound(12, "the ended worker is started: the task is done", 60),
    "files": Bound(13, "no more open files; the others left: one is let in", 60),
}


def require_within(name: str, value: float) -> None:
    """Assert that a figure keeps to its bound, and record it where that is asked for."""
    bound = BOUNDS[name]
    assert value <= bound.most, f"{bound.what}: {bound.shown(value)}, not {bound.most:g}"
    if record_to := os.environ.get(RECORD_TO):
        with Path(record_to).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"name": name, "value": value}) + "\n")


def highest(lines: str) -> dict[str, float]:
    """Return the highest value of each figure among recorded lines."""
    found: dict[str, float] = {}
    for line in lines.splitlines():
        one = json.loads(line)
        found[one["name"]] = max(one["value"], found.get(one["name"], one["value"]))
    return found


def table(figures: Mapping[str, float]) -> str:
    """Return the figures as the guide shows them, in the order of the faults."""
    rows = [("", "what is measured", "measured", "at most")] + [
        (
            str(bound.fault),
            bound.what,
            bound.shown(figures[name]),
            f"{bound.most:,g} {bound.unit}".rstrip(),
        )
        for name, bound in BOUNDS.items()
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "".join(
        f"{fault:>{widths[0]}}  {what:<{widths[1]}}  {value:>{widths[2]}}  {most:>{widths[3]}}\n"
        for fault, what, value, most in rows
    )
