"""The pytest plugin that collects what a run said of `work/`, for `verdict_memory` to keep."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from checks.reporting.events import Told
from checks.reporting.outcomes import Outcomes
from checks.reporting.verdict_memory import remember_verdicts
from checks.target import Target
from workbook.projects.content import content_of

# Of the ends of a run, those that leave verdicts behind which are as good as any.
ENDS = {
    pytest.ExitCode.OK,
    pytest.ExitCode.TESTS_FAILED,
    pytest.ExitCode.NO_TESTS_COLLECTED,
    pytest.ExitCode.INTERRUPTED,
}


@dataclass
class Memory:
    """The plugin that writes it when a run of one step ends.

    `whole`: the command line left no check out.
    """

    outcomes: Outcomes
    whole: bool
    told: list[Told] = field(default_factory=list)
    content: str = ""

    @property
    def target(self) -> Target:
        """The project that is looked at."""
        return next(iter(self.outcomes.targets.values()))

    def pytest_sessionstart(self) -> None:
        """Take down what is looked at, before anyone can save something else."""
        self.content = content_of(self.target.folder)

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        """Take down that a check was left out."""
        self.whole = self.whole and not items

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take down a verdict."""
        if verdict := getattr(report, "verdict", None):
            self.told.append(verdict.told(report.nodeid))

    # Before the exit code becomes that of the checks, in which an interrupted run is none.
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> object:
        """Remember the run, however its verdicts are."""
        end = session.exitstatus
        result = yield
        if end in ENDS and self.told and not session.config.getoption("collectonly"):
            stopped = end == pytest.ExitCode.INTERRUPTED or session.shouldfail or session.shouldstop
            self.remember(self.whole and not stopped)
        return result

    def remember(self, is_complete: bool) -> None:
        """Remember it, as a run of all checks or of some of them."""
        # Another than the first may have been asked first.
        order = {id: place for place, id in enumerate(self.outcomes.order)}
        self.told.sort(key=lambda told: order.get(told.id, len(order)))
        remember_verdicts(self.target.label, self.content, self.told, is_complete)
