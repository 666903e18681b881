"""The rounds: which versions go together, and all that is tried with each combination."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from benchmarks.versions import FAILS, HOLDS, LEFT_OUT, Proof, RoundResult
from tests.versions.debian import DebianGround
from tests.versions.grounds import NoGround, find_ground
from tests.versions.workbook_copy import Done, WorkbookCopy, fresh_copy
from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.projects.steps import find_step

SETUP_SECONDS = 600
RUN_SECONDS = 200
CHECK_SECONDS = 300
PAGE_SECONDS = 900
LAST_LINES = 8
STEPS = (1, 2, 3, 4, 5)
LOCKED_DJANGO, NEXT_DJANGO = "5.2", "6.0"
NEXT_DJANGO_RANGE = "django>=6.0,<6.1"
REDIS_SERVER = "/usr/bin/redis-server"
CANNOT_TELL = 2  # the checks' exit code
NEEDS_NAMESPACES = "The replay needs namespaces"
WHY_HTMX_2 = (
    "htmx 4 has other names for the websocket's attributes and no `responseHandling`, npm's "
    "latest is still htmx 2, and what django-htmx 1.29 brings of htmx 4 is a beta: so the steps "
    "ship htmx 2."
)
CROSS = re.compile(r"^✗ (.*?)\s*$", re.MULTILINE)
UNTOLD = re.compile(r"^– (?!\d+ more wait)(.*?)\s*$", re.MULTILINE)
VALKEY, HTMX_4 = "Valkey in place of Redis", "htmx 4"


@dataclass(frozen=True)
class Combination:
    """Versions that go together. `title` names what is other than usual beside them."""

    python: str
    django: str = LOCKED_DJANGO
    title: str = ""

    def __str__(self) -> str:
        return f"Python {self.python}, Django {self.django}" + (
            f", {self.title}" * bool(self.title)
        )

    @property
    def in_debian(self) -> bool:
        """Tell whether it takes a program that Debian's newest suite has."""
        return self.title == VALKEY

    @property
    def expected(self) -> str:
        """Why it is there although it fails; "" where it must hold."""
        return WHY_HTMX_2 if self.title == HTMX_4 else ""

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps whose checks are run: htmx comes with step 03."""
        return STEPS[2:] if self.title == HTMX_4 else STEPS


PYTHONS = ("3.11", "3.12", "3.13", "3.14", "3.15")
COMBINATIONS = (
    Combination("3.11"),  # Django 6.0 asks for 3.12
    *(
        Combination(python, django)
        for python in PYTHONS[1:]
        for django in (LOCKED_DJANGO, NEXT_DJANGO)
    ),
    Combination("3.14", title=VALKEY),
    Combination("3.11", title=HTMX_4),
)
# The rows of the table, in their order. The last is made by `python -m tests.windows`.
WINDOWS = "Windows, under Wine 10"
ORDER = (
    *((one.python, one.django, one.title) for one in COMBINATIONS),
    ("3.13", LOCKED_DJANGO, WINDOWS),
)


def make_rounds(group: Sequence[Combination], in_full: bool = True) -> Iterator[RoundResult]:
    """Try combinations of one Python for real: set-up, `run 05`, the checks of the steps, page 01.

    They share a fresh copy, in which each takes the place of the one before. `in_full`: all of it;
    else the set-up, `run 05` and its checks alone. Raises WorkbookError where the ground cannot be
    made.
    """
    try:
        ground = find_ground(group[0].python, group[0].in_debian)
    except NoGround as none:
        yield from (left_out(one, str(none)) for one in group)
        return
    if group[0].title == VALKEY and isinstance(ground, DebianGround):
        ground = ground.hiding(REDIS_SERVER)
    with fresh_copy(ground) as copy:
        for one in group:
            yield Round(one, copy).make(in_full)


def groups(combinations: Sequence[Combination]) -> list[list[Combination]]:
    """Return `combinations` in groups that can share a copy: the same Python, nothing special."""
    return [
        list(group) for _, group in groupby(combinations, key=lambda one: (one.python, one.title))
    ]


def left_out(combination: Combination, reason: str) -> RoundResult:
    """Return the result of a round that could not be made."""
    return RoundResult(
        combination.title,
        combination.python,
        combination.django,
        ground="",
        recorded=today(),
        expected=combination.expected,
        left_out=reason,
    )


def today() -> str:
    """Return the day, UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%d")


class Round:
    """One round in a copy of its own, and what was proven so far."""

    def __init__(self, combination: Combination, copy: WorkbookCopy) -> None:
        self.combination = combination
        self.copy = copy
        self.proofs: list[Proof] = []

    def make(self, in_full: bool) -> RoundResult:
        """Try everything; what cannot be tried after a failed set-up is left away."""
        installed: dict[str, str] = {}
        with proving(self.proofs, "set-up"):
            self.set_up()
            installed = self.copy.versions()
        python = self.combination.python
        if installed:
            python = self.full_python()
            self.try_all(in_full)
        return RoundResult(
            self.combination.title,
            python,
            installed.get("django", self.combination.django),
            self.copy.ground.where,
            today(),
            self.proofs,
            self.combination.expected,
        )

    def set_up(self) -> None:
        """Set the copy up as a person does; raise WorkbookError with what went wrong."""
        setup(self.copy)
        if self.combination.django == NEXT_DJANGO:
            self.copy.install(NEXT_DJANGO_RANGE)
            _require_that_nothing_disagrees(self.copy)
        if self.combination.title == HTMX_4:
            take_htmx_4(self.copy.folder)

    def full_python(self) -> str:
        """Return the version of the copy's Python, to the last digit."""
        code = "import platform; print(platform.python_version())"
        return self.copy.call(self.copy.python, "-c", code, seconds=60).last_line

    def try_all(self, in_full: bool) -> None:
        """Prove what the combination is there for."""
        if self.combination.title != HTMX_4:
            with proving(self.proofs, "run 05"):
                self.run_05()
        for step in self.combination.steps if in_full else STEPS[-1:]:
            with proving(self.proofs, f"check {step:02d}"):
                check_step(self.copy, step)
        if in_full and not self.combination.title:
            with proving(self.proofs, "page 01"):
                self.replay("01")

    def run_05(self) -> None:
        """Run step 05 until a status has come through its websocket."""
        done = self.copy.call(
            self.copy.python, "-m", "tests.versions.live_status", seconds=RUN_SECONDS
        )
        require(done)
        if self.combination.title == VALKEY and "valkey-server" not in done.text:
            raise WorkbookError(f"It did not run on Valkey: {done.last_line}")

    def replay(self, page: str) -> None:
        """Follow a page of the guide to the letter."""
        # What the tests alone need comes with their first call.
        require(self.copy.workbook("test", "--help", seconds=SETUP_SECONDS))
        done = self.copy.call(
            self.copy.python, "-m", "tests.guide.replay", page, seconds=PAGE_SECONDS
        )
        if NEEDS_NAMESPACES in done.text:
            raise NoGround("this system gives it no namespaces")
        if not done.succeeded:
            raise WorkbookError(_as_sentence(done.text))


@contextmanager
def proving(proofs: list[Proof], name: str) -> Iterator[None]:
    """Add to `proofs` what comes of the block, and how long it takes."""
    began, outcome, said = time.monotonic(), HOLDS, ""
    try:
        yield
    except NoGround as none:
        outcome, said = LEFT_OUT, str(none)
    except WorkbookError as problem:
        outcome, said = FAILS, str(problem)
    proofs.append(Proof(name, outcome, round(time.monotonic() - began, 1), said))


def setup(copy: WorkbookCopy) -> None:
    """Set the copy up as a person does; raise WorkbookError with what went wrong."""
    require(copy.workbook(seconds=SETUP_SECONDS))


def check_step(copy: WorkbookCopy, step: int) -> None:
    """Run a step's checks on its snapshot: all must hold, none be left open.

    Raises WorkbookError with the titles of those that don't, and NoGround where none fails, but
    this machine lacks what it takes to tell.
    """
    target = find_step(str(step)).folder.relative_to(ROOT)
    done = copy.workbook("check", f"{step:02d}", "--target", str(target), seconds=CHECK_SECONDS)
    if not done.succeeded:
        # What could not be told waits for what failed: that comes first.
        found = CROSS.findall(done.text) or UNTOLD.findall(done.text)
        titles = [f"“{title}”" for title in found]
        said = ", ".join(titles) or done.last_line
        raise NoGround(said) if done.code == CANNOT_TELL else WorkbookError(said)


def take_htmx_4(folder: Path) -> None:
    """Let the snapshots in `folder` load django-htmx's htmx 4, and change nothing else."""
    changed = 0
    for template in folder.glob("steps/*/templates/*.html"):
        before = template.read_text(encoding="utf-8")
        after = before.replace("htmx-2.min.js", "htmx-4.min.js")
        after = after.replace("hx-ws-2.min.js", "hx-ws-4.min.js")
        template.write_text(after, encoding="utf-8")
        changed += after != before
    if not changed:
        raise WorkbookError("No snapshot loads htmx 2: there is nothing to replace by htmx 4.")


def require(done: Done) -> None:
    """Raise WorkbookError, with its last lines, for a command that failed."""
    if not done.succeeded:
        raise WorkbookError(_as_sentence(done.text))


def _require_that_nothing_disagrees(copy: WorkbookCopy) -> None:
    """Raise WorkbookError where a package asks for another Django than the one installed."""
    code = (
        "from importlib.metadata import distributions, version\n"
        "from packaging.requirements import Requirement\n"
        "for one in distributions():\n"
        "    for line in one.requires or ():\n"
        "        asked = Requirement(line)\n"
        "        if asked.name.lower() == 'django' and not asked.marker:\n"
        "            if not asked.specifier.contains(version('django')):\n"
        "                print(f'{one.name} {one.version} asks for {asked}.')"
    )
    done = copy.call(copy.python, "-c", code, seconds=60)
    if not done.succeeded or done.text.strip():
        raise WorkbookError(_as_sentence(done.text))


def _as_sentence(text: str) -> str:
    """Return the last lines of `text` as one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(lines[-LAST_LINES:]).removesuffix(".") or "it said nothing"


def select(pythons: Sequence[str]) -> list[Combination]:
    """Return the combinations with these versions of Python; all without one.

    Raises WorkbookError for a version that is none of them.
    """
    for python in pythons:
        if python not in PYTHONS:
            raise WorkbookError(
                f"“{python}” is no Python of the table. These are: {', '.join(PYTHONS)}."
            )
    return [one for one in COMBINATIONS if not pythons or one.python in pythons]
