"""The reporter for a program: prints a run of pytest as the lines that `events` knows."""

import sys

import pytest

from checks.reporting.events import Asking, Ended, Event, Listed, Told, to_line
from checks.reporting.formatting import plain
from checks.reporting.outcomes import Outcomes, title_of
from checks.reporting.summary import summary_lines


class VerdictLines:
    """The plugin that stands in for the terminal reporter under `--verdict-lines`."""

    def __init__(self, outcomes: Outcomes, whole: bool) -> None:
        self._outcomes, self._whole = outcomes, whole
        self._titles: dict[str, str] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """List the checks, and say which project is looked at."""
        self._titles = {item.nodeid: title_of(item) for item in session.items}
        targets = list(self._outcomes.targets.values())
        problem = next(filter(None, self._outcomes.problems.values()), None)
        write(
            Listed(
                self._outcomes.order,
                " ".join(target.headline() for target in targets),
                " ".join(filter(None, (target.remark() for target in targets))),
                str(problem) if problem else "",
            )
        )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Tell of a file of the checks that cannot be read."""
        if report.failed:
            last = plain(str(report.longrepr).strip().rpartition("\n")[2].removeprefix("E "))
            write(Told(report.nodeid, "–", f"{report.nodeid} cannot be read: {last}", broke=True))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Say which check goes on."""
        write(Asking(nodeid, self._titles.get(nodeid, nodeid)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell the verdict that hangs on a report."""
        if verdict := getattr(report, "verdict", None):
            write(verdict.told(report.nodeid))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Say that all were asked, and what to do next; nothing where the run was ended."""
        if exitstatus != pytest.ExitCode.INTERRUPTED:
            write(Ended(summary_lines(self._outcomes, self._whole)))


def write(event: Event) -> None:
    """Send an event off at once."""
    sys.stdout.write(to_line(event) + "\n")
    sys.stdout.flush()
