"""The reporter of the checks: what takes the place of pytest's terminal reporter in their runs."""

import re
from collections.abc import Generator
from functools import partial

import pytest
from _pytest.terminal import TerminalReporter

from checks.progress import displays
from checks.reporting.formatting import INDENT, block, plain, wrapped
from checks.reporting.guide_links import as_link
from checks.reporting.outcomes import Outcomes, Verdict, title_of
from checks.reporting.status_line import StatusLine
from checks.reporting.summary import summary_lines, waiting_lines, without_counts
from checks.verdicts import HOLDS, NOT_YET, UNTOLD
from workbook.runtime.readable import READABLE

COLOURS = {HOLDS: "green", NOT_YET: "red", UNTOLD: "yellow"}
REPORT_OPTION = re.compile(r"-[a-zA-Z]*r|--report-chars")


class Reporter(TerminalReporter):  # type: ignore[misc]  # final; there is no other way to its counts
    """Prints a line a check as it happens, below a ✗ what to do, and the next action last.

    What waits for another check is a count. -q leaves the ✗ and the counts; -v lists what waits,
    and adds pytest's header and each check's id; -r its summary.
    """

    def __init__(self, config: pytest.Config, outcomes: Outcomes, whole: bool) -> None:
        super().__init__(config)
        self._outcomes, self._whole = outcomes, whole
        self._step_told = ""
        self._reported: set[str] = set()
        self._status = StatusLine(self)
        displays.append(self._status.showing)
        config.add_cleanup(partial(displays.remove, self._status.showing))
        stream = self._tw._file
        if hasattr(stream, "reconfigure"):
            # A ✓ that the terminal cannot show is no reason to end.
            stream.reconfigure(errors=READABLE)

    @property
    def showheader(self) -> bool:
        """Whether pytest's own header is wanted."""
        return self.verbosity > 0

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Say which project is looked at, and what is wrong with the set-up."""
        super().pytest_sessionstart(session)
        if self.config.getoption("collectonly"):
            return
        told = None
        for target in self._outcomes.targets.values():
            if self.verbosity >= 0:
                self._say(target.headline(), bold=True)
                if remark := target.remark():
                    self._say(remark, yellow=True)
            problem = self._outcomes.problems[target.label]
            if problem and problem != told:
                told = problem
                self._say(problem.what, first=f"{UNTOLD} ", other="  ", yellow=True)
        if self.verbosity >= 0:
            self._tw.line()

    def pytest_collection(self) -> None:
        """Collecting takes no time worth a word."""

    def report_collect(self, final: bool = False) -> None:
        """Say how many checks there are where that is what was asked for."""
        if self.verbosity > 0 or self.config.getoption("collectonly"):
            super().report_collect(final)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Show which check goes on."""
        with self._status.showing(f"… {title_of(item)}"):
            return (yield)

    def pytest_runtest_logstart(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        """Print nothing before there is something to tell."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a report as pytest does, and tell the verdict that hangs on it."""
        verdict = getattr(report, "verdict", None)
        if report.when == "call" or not report.passed:  # else it has only been prepared
            self._reported.add(report.nodeid)
        if report.is_exercise:
            # Told at the end, and counted nowhere.
            self._tell_trace(verdict)
            return
        category, _, _ = self.config.hook.pytest_report_teststatus(
            report=report, config=self.config
        )
        self._add_stats(category, [report])
        if verdict and self._is_told(verdict):
            self._tell(verdict, report.nodeid)

    def _is_told(self, verdict: Verdict) -> bool:
        if self.verbosity == 0:
            return not (verdict.waits or verdict.unfit)
        return self.verbosity > 0 or verdict.mark == NOT_YET

    def _tell(self, verdict: Verdict, nodeid: str) -> None:
        if len(self._outcomes.targets) > 1 and verdict.step != self._step_told:
            self._step_told = verdict.step
            self._say(self._outcomes.targets[verdict.step].title, bold=True)
        text = f"{verdict.title}: {verdict.reason}" if verdict.reason else verdict.title
        if self.verbosity > 0:
            text += f"  [{nodeid}]"
        colour = {COLOURS[verdict.mark]: True}
        self._say(text, first=f"{verdict.mark} ", other="  ", **colour)
        if verdict.not_yet:
            for label, line in block(verdict.not_yet, self._tw.fullwidth):
                self._tw.write(label if line else label.rstrip(), bold=True)
                is_place = self._tw.hasmarkup and label.strip() == "guide"
                self._tw.line(as_link(line) if is_place else line)
        self._tell_trace(verdict)
        self.flush()

    def _tell_trace(self, verdict: Verdict | None) -> None:
        for line in verdict.trace.splitlines() if verdict else ():
            self._tw.line(f"{INDENT}{plain(line)}")

    def _say(self, text: str, first: str = "", other: str = "", **markup: bool) -> None:
        self._status.clear()
        for line in wrapped(text, self._tw.fullwidth, first=first, other=other):
            self._tw.line(line, **markup)
        self.flush()

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(
        self, session: pytest.Session, exitstatus: int | pytest.ExitCode
    ) -> Generator[None, None, None]:
        """Count below the checks those that wait, then go on as pytest does."""
        if self.verbosity == 0:
            for line in waiting_lines(self._outcomes.verdicts):
                self._say(line, first=f"{UNTOLD} ", other="  ", yellow=True)
        yield from super().pytest_sessionfinish(session, exitstatus)

    def build_summary_stats_line(self) -> tuple[list[tuple[str, dict[str, bool]]], str]:
        """Return pytest's counts; where it counted nothing, what was looked at instead."""
        parts, colour = super().build_summary_stats_line()
        if [text for text, _ in parts] == ["no tests ran"]:
            parts = [(without_counts(self._outcomes), {"yellow": True})]
        return parts, colour

    def summary_failures(self) -> None:
        """Each ✗ has been told where it happened."""

    def summary_errors(self) -> None:
        """Tell which files of the checks cannot be read; what else broke has been told."""
        for report in self.stats.get("error", []):
            if report.when == "collect":
                last = plain(str(report.longrepr).strip().rpartition("\n")[2].removeprefix("E "))
                self._say(
                    f"{report.nodeid} cannot be read: {last.strip()}",
                    first=f"{UNTOLD} ",
                    other="  ",
                )
                if self.config.getoption("fulltrace"):
                    self._tw.line(str(report.longrepr))

    def summary_warnings(self) -> None:
        """Warnings are about our own code: they are for those who ask for more."""
        if self.verbosity > 0:
            super().summary_warnings()

    def short_test_summary(self) -> None:
        """Print pytest's summary where the command line asks for it with -r."""
        if any(REPORT_OPTION.match(text) for text in self.config.invocation_params.args):
            super().short_test_summary()

    def summary_stats(self) -> None:
        """Print pytest's counts, and below them what to do next."""
        super().summary_stats()
        if self.config.getoption("collectonly"):
            return
        chosen = self.stats.get("deselected") or self.config.getoption("lf", False)
        # Of a run that was ended early the others are not known.
        all_asked = self._reported.issuperset(self._outcomes.order)
        complete = self._whole and not chosen and all_asked
        for line in summary_lines(self._outcomes, complete):
            if self.verbosity >= 0 or "not yours" in line:
                self._say(line)
