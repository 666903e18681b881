"""Remembers what a run said of `work/`, for `python3 workbook` alone, `hint`, and the next run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from checks.reporting.formatting import plain_lines
from checks.reporting.outcomes import HOLDS, Outcomes, Verdict
from checks.target import Target
from checks.verdicts import DONE, OPEN, NotYet
from workbook.projects.content import content_of
from workbook.projects.progress import Cross, LastRun, OpenExercise, remember
from workbook.projects.work_record import read_record

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
    told: list[tuple[str, Verdict]] = field(default_factory=list)
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
            self.told.append((report.nodeid, verdict))

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
        self.told.sort(key=lambda told: order.get(told[0], len(order)))
        checks = [(id, one) for id, one in self.told if one.mark not in (DONE, OPEN)]
        holding = [one for _, one in checks if one.mark == HOLDS]
        run = LastRun(
            read_record().id,
            self.content,
            len(holding),
            len(checks),
            is_complete,
            next((_cross(id, one.title, one.not_yet) for id, one in checks if one.not_yet), None),
            next((_open(id, one) for id, one in self.told if one.mark == OPEN), None),
        )
        is_done = is_complete and all(one.mark == HOLDS or one.lacks for _, one in checks)
        stars = {id for id, one in self.told if one.mark == DONE}
        remember(self.target.label, run, is_done and bool(holding), stars)


def _cross(check: str, title: str, said: NotYet) -> Cross:
    texts = (" ".join(plain_lines(text)) for text in (said.seen, said.look_at, said.guide))
    return Cross(check, title, *texts)


def _open(check: str, verdict: Verdict) -> OpenExercise:
    return OpenExercise(check, verdict.title, " ".join(plain_lines(verdict.reason)))
