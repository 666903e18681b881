"""What becomes of each check: ✓ holds, ✗ not yet, – can't be told; its turn; the exit code."""

import traceback
from collections.abc import Generator, Mapping
from dataclasses import dataclass, fields, replace

import pytest

from checks.harness.diagnosis.misspelt_settings import lead_to_misspelt
from checks.reporting.events import Told
from checks.reporting.formatting import as_text, broken, plain_text
from checks.target import Target, step_of
from checks.verdicts import (
    DONE,
    HOLDS,
    NOT_YET,
    OPEN,
    UNTOLD,
    CannotTell,
    Check,
    Exercise,
    Lacks,
    NotYet,
    Open,
)


@dataclass(frozen=True)
class Verdict:
    """What one check came to, on its way to the person."""

    mark: str
    title: str
    step: str
    reason: str = ""
    not_yet: NotYet | None = None
    broke: bool = False  # the check itself, not the project
    lacks: bool = False  # the machine lacks what it looks with; the step is done without it
    root: str = ""  # the title of the check that it waits for, at the end of the chain
    unfit: bool = False  # there is no project to look at
    left_out: bool = False  # an exercise that the next page goes on without
    trace: str = ""  # filled under --full-trace alone

    @property
    def waits(self) -> bool:
        """Whether it waits for another check, so that it says nothing by itself."""
        return bool(self.root)

    def told(self, id: str) -> Told:
        """Return the event that tells it of the check with this id."""
        names = {one.name for one in fields(Told)} - {"id"}
        return Told(id, **{name: getattr(self, name) for name in names})


@dataclass
class Waits(CannotTell):
    """The check waits for another one; `root` is the title at the end of that chain."""

    root: str = ""


class Silent(CannotTell):
    """An exercise whose step is not there yet: no word about it."""


class Unfit(CannotTell):
    """There is nothing to look at: a problem of the set-up, reported once for all checks."""


def title_of(item: pytest.Item) -> str:
    """Return a check's title, or its function's name in words."""
    check = check_of(item)
    return check.title if check else item.name.removeprefix("test_").replace("_", " ")


def check_of(item: pytest.Item) -> Check | None:
    """Return what `@check` said of a test function, None where there is none."""
    return getattr(getattr(item, "function", None), "check", None)


def is_exercise(item: pytest.Item) -> bool:
    """Tell whether it is an exercise, of which there is no ✗."""
    return isinstance(check_of(item), Exercise)


class Outcomes:
    """The plugin that turns exceptions into verdicts. It prints nothing."""

    def __init__(self, targets: Mapping[str, Target]) -> None:
        self.targets = targets
        self.problems = {step: target.problem() for step, target in targets.items()}
        self.verdicts: list[Verdict] = []
        self.order: list[str] = []  # the checks' ids as they are told, whichever is asked first
        self._marks: dict[pytest.Item, str] = {}
        self._roots: dict[pytest.Item, str] = {}
        self._awaited: dict[pytest.Item, list[pytest.Item]] = {}
        # Checks that share a fixture share its exception: told once, then waited for.
        self._told: list[tuple[BaseException, str]] = []

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Put each check behind those that it waits for; else the order stays.

        But for one that is to be asked first, see `--first`, and those that it waits for.
        """
        for item in items:
            self._awaited[item] = find_awaited(item, items)
        ordered: dict[pytest.Item, None] = {}

        def place(item: pytest.Item, chain: tuple[pytest.Item, ...] = ()) -> None:
            for awaited in self._awaited[item]:
                if awaited not in ordered and awaited not in chain:
                    place(awaited, (*chain, item))
            ordered[item] = None

        for item in items:
            if item not in ordered:
                place(item)
        items[:] = ordered
        self.order = [item.nodeid for item in items]
        first = [item for item in items if item.nodeid == config.getoption("--first", None)]
        if first:
            ordered.clear()
            place(first[0])
            for item in items:
                ordered.setdefault(item)
            items[:] = ordered

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Stop a check, before any fixture of its, that has nothing to look at or must wait."""
        problem = self.problems.get(step_of(item.path))
        if is_exercise(item) and (problem or NOT_YET in self._marks.values()):
            raise Silent("")
        if problem:
            raise Unfit(str(problem))
        for awaited in self._awaited.get(item, ()):
            if self._marks.get(awaited, HOLDS) != HOLDS:
                if is_exercise(item):
                    raise Silent("")
                title = title_of(awaited)
                raise Waits(f"waits for “{title}”", self._roots.get(awaited, title))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Hang the verdict on the report, as `report.verdict`; None if it's not known yet."""
        report = yield
        verdict = self._judge(item, call, report)
        vars(report).update(is_exercise=is_exercise(item), verdict=verdict)
        if verdict:
            self.verdicts.append(verdict)
            self._marks[item] = verdict.mark
            if verdict.root:
                self._roots[item] = verdict.root
        return report

    def _judge(
        self, item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport
    ) -> Verdict | None:
        title, step = title_of(item), step_of(item.path)
        if call.excinfo is None:
            if report.when != "call":
                return None
            check = check_of(item)
            if isinstance(check, Exercise):
                return Verdict(DONE, title, step, left_out=check.left_out)
            return Verdict(HOLDS, title, step)
        error = call.excinfo.value
        if isinstance(error, Silent):
            untold(report, "the step comes first")
            return None
        trace = frames(error) if item.config.getoption("fulltrace", False) else ""
        if is_exercise(item):
            untold(report, lead_of(error))
            return Verdict(OPEN, title, step, lead_of(error), trace=trace)
        first = next((told for other, told in self._told if other is error), None)
        if first and first != title:
            verdict = _waiting_for(first, error, title, step)
            untold(report, verdict.reason)
            return replace(verdict, trace=trace)
        self._told.append((error, title))
        return replace(self._verdict(error, title, step, report), trace=trace)

    def _verdict(
        self, error: BaseException, title: str, step: str, report: pytest.TestReport
    ) -> Verdict:
        """Return what an error says of a check, and let `report` say it as well."""
        if isinstance(error, NotYet):
            if target := self.targets.get(step):
                lead_to_misspelt(error, target.folder)
            report.longrepr = as_text(title, error)
            return Verdict(NOT_YET, title, step, not_yet=error)
        if isinstance(error, CannotTell):
            reason = plain_text(error.reason)
            untold(report, reason)
            return Verdict(
                UNTOLD,
                title,
                step,
                "" if isinstance(error, Unfit) else reason,
                lacks=isinstance(error, Lacks),
                root=error.root if isinstance(error, Waits) else "",
                unfit=isinstance(error, Unfit),
            )
        if isinstance(error, pytest.skip.Exception):
            return Verdict(UNTOLD, title, step, str(error.msg))
        report.longrepr = plain_text(str(report.longrepr))
        if report.when == "call":
            # What pytest reports of a set-up is an error of the checks, not a failure of the
            # project.
            report.when = "setup"
        return Verdict(UNTOLD, title, step, broken(error), broke=True)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Set the exit code: 1 for any ✗, 2 for a – without a ✗."""
        ours = {
            pytest.ExitCode.OK,
            pytest.ExitCode.TESTS_FAILED,
            pytest.ExitCode.NO_TESTS_COLLECTED,
        }
        if session.exitstatus not in ours:
            return
        marks = {verdict.mark for verdict in self.verdicts}
        if NOT_YET in marks:
            session.exitstatus = 1
        elif UNTOLD in marks:
            session.exitstatus = 2


def frames(error: BaseException) -> str:
    """Return the traceback from the first frame on that is not pytest's own machinery."""
    start = error.__traceback__
    while (
        start
        and start.tb_next
        and start.tb_frame.f_globals.get("__name__", "").startswith(
            ("_pytest.", "pluggy.", "checks.reporting.outcomes")
        )
    ):
        start = start.tb_next
    return "".join(traceback.format_exception(type(error), error, start))


def _waiting_for(first: str, error: BaseException, title: str, step: str) -> Verdict:
    """Return the verdict on a check whose `error` was told before, by the check titled `first`."""
    if isinstance(error, Lacks):
        return Verdict(UNTOLD, title, step, f"lacks the same as “{first}”", lacks=True)
    return Verdict(UNTOLD, title, step, f"waits for “{first}”", root=first)


def untold(report: pytest.TestReport, reason: str) -> None:
    """Make a report one of a skipped test, with its reason."""
    path, line, _ = report.location
    report.outcome = "skipped"
    report.longrepr = (path, (line or 0) + 1, reason)


def find_awaited(item: pytest.Item, items: list[pytest.Item]) -> list[pytest.Item]:
    """Return those of `items` that the check waits for, in its own module first, else its step."""
    check = check_of(item)
    found = []
    for function in check.after if check else ():
        same = [other for other in items if getattr(other, "function", None) is function]
        near = [other for other in same if other.path == item.path] or [
            other for other in same if other.path.parent == item.path.parent
        ]
        found += near
    return found


def lead_of(error: BaseException) -> str:
    """Return what an exercise says of whatever its check raised: there is no ✗ and no –."""
    if isinstance(error, Open):
        return plain_text(error.lead)
    if isinstance(error, NotYet):
        return plain_text(f"{error.done}: {error.seen}. {error.look_at}")
    if isinstance(error, CannotTell):
        return plain_text(error.reason)
    said = broken(error)
    return f"{said[0].upper()}{said[1:]}."
