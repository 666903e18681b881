"""What the tests cost: the dearest of them, what each started, and why it takes as long."""

import contextlib
import json
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil
import pytest

from tests.plugins.scheduling import DURATIONS, recorded_seconds, unit_of

LOOK_SECONDS = 0.2
# Longer than that, a test needs a reason: the marker `takes_long`.
LONG_SECONDS = 20
# What takes less is not worth a line in the record: it is handed out last.
RECORDED_SECONDS = 1
# A process is called by the first of these that its command line holds.
KINDS = {
    "checks/": "checks",
    "-m pytest": "pytest",
    "manage.py runserver": "web",
    "daphne": "web",
    "uvicorn": "web",
    " beat": "beat",
    " worker": "worker",
    "redis-server": "Redis",
    "embedded": "Redis",
    "nginx": "nginx",
    "postgres": "PostgreSQL",
    "chrom": "Chromium",
    "mkdocs": "MkDocs",
    "zensical": "Zensical",
    "manage.py": "manage.py",
    "workbook": "workbook",
}


@dataclass
class Cost:
    """What one test took, in seconds, and what it started."""

    seconds: float = 0
    started: Counter[str] = field(default_factory=Counter)
    reason: str = ""

    def __str__(self) -> str:
        started = ", ".join(f"{count} {kind}" for kind, count in self.started.most_common())
        return started or "nothing"


class Watch:
    """Looks again and again at which processes descend from this one."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, float], str] = {}
        self._before = set(_descendants())
        self._ended = threading.Event()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Look inside the block."""
        thread = threading.Thread(target=self._look, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()

    def started(self) -> Counter[str]:
        """Count what was seen, by its kind."""
        return Counter(self._seen.values())

    def _look(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            for key, process in _descendants().items():
                if key not in self._before and key not in self._seen:
                    with contextlib.suppress(psutil.Error, OSError):
                        self._seen[key] = kind_of(process.cmdline())


def _descendants() -> dict[tuple[int, float], psutil.Process]:
    """Return the processes that descend from this one, by number and start."""
    found = {}
    # One that ends meanwhile is none that matters.
    with contextlib.suppress(psutil.Error, OSError):
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error, OSError):
                found[process.pid, process.create_time()] = process
    return found


def kind_of(command: list[str]) -> str:
    """Return what to call a process with this command line."""
    line = " ".join(command)
    return next((kind for part, kind in KINDS.items() if part in line), "other")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Watch a test's processes, and attach what was seen, and its reason, to its report."""
    watch = Watch()
    try:
        with watch.looking():
            return (yield)
    finally:
        marker = item.get_closest_marker("takes_long")
        item.user_properties.append(("started", dict(watch.started())))
        item.user_properties.append(("reason", marker.args[0] if marker else ""))


class Durations:
    """Adds up what the workers report, tells the dearest, and records the order for later runs."""

    def __init__(self, shown: int, records: bool) -> None:
        self._shown, self._records = shown, records
        self._costs: defaultdict[str, Cost] = defaultdict(Cost)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add one phase of one test."""
        cost = self._costs[report.nodeid]
        cost.seconds += report.duration
        if report.when == "call":
            told = dict(report.user_properties)
            cost.started = Counter[str](told.get("started", {}))
            cost.reason = str(told.get("reason", ""))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the dearest tests; under those above LONG_SECONDS their reason, or that none is."""
        dearest = sorted(self._costs.items(), key=lambda item: -item[1].seconds)[: self._shown]
        terminalreporter.section(f"the {len(dearest)} dearest tests, and what they start")
        for node_id, cost in dearest:
            terminalreporter.line(f"{cost.seconds:6.1f} s  {node_id}\n{'':10}{cost}")
            if cost.seconds > LONG_SECONDS:
                terminalreporter.line(f"{'':10}why: {cost.reason or 'no reason is given'}")
        if self._records:
            self._record()

    def _record(self) -> None:
        run: defaultdict[str, float] = defaultdict(float)
        for node_id, cost in self._costs.items():
            run[unit_of(node_id)] += cost.seconds
        units = recorded_seconds() | run
        kept = {
            unit: round(seconds, 1)
            for unit, seconds in sorted(units.items(), key=lambda item: (-item[1], item[0]))
            if seconds >= RECORDED_SECONDS
        }
        DURATIONS.write_text(
            json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what `python3 workbook test --durations` hands over."""
    parser.addoption("--dearest", type=int, default=30, help="how many of the dearest to show")
    parser.addoption("--record-durations", action="store_true", help=f"write {DURATIONS.name}")


def pytest_configure(config: pytest.Config) -> None:
    """Count on the process that prints, not on the workers."""
    if not hasattr(config, "workerinput"):
        counting = Durations(config.getoption("--dearest"), config.getoption("--record-durations"))
        config.pluginmanager.register(counting, "workbook-durations")
