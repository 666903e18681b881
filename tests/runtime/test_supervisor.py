"""Processes that print more than anybody reads: they are followed, slowed down, and ended."""

import io
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.tool_process import wait_until
from workbook.runtime import supervisor
from workbook.runtime.process_tree import end, is_alive
from workbook.runtime.supervisor import Runner
from workbook.runtime.timeline import Timeline

SECONDS = 20  # far more than any of it takes, on a busy machine too
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
LOUD = "while True: print('again')\n"
COUNTING = """
from pathlib import Path
count = 0
while True:
    count += 1
    Path("count").write_text(str(count))
    print("again" * 1000, flush=True)
"""
ONE_LINE = "import sys\nwhile True: sys.stdout.write('x' * 1000)\n"
TALKATIVE_END = """
import signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
print("ready", flush=True)
signal.sigwait({signal.SIGTERM})
print(*range(2000), sep="\\n", flush=True)
sys.exit("the last word")
"""


class SlowTerminal(io.StringIO):
    """Takes fewer lines than a process prints, as a terminal does."""

    def flush(self) -> None:
        time.sleep(0.0002)


class Running:
    """A runner with one process, and what was printed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.printed = SlowTerminal()
        self.runner = Runner(self.printed, ["loud"], Timeline())

    def start(self, program: str) -> None:
        """Start the process, and print what it says until it has said something."""
        (self.folder / "loud.py").write_text(program, encoding="utf-8")
        self.runner.start({"loud": f'"{sys.executable}" loud.py'}, self.folder, {})
        wait_until(self.has_printed, SECONDS)

    def has_printed(self) -> bool:
        """Print what there is, and tell whether there was anything so far."""
        assert within(SECONDS, lambda: self.runner.follow(0.05))
        return bool(self.printed.getvalue())

    def stop(self, hurry: Callable[[], bool] = lambda: False) -> bool:
        """Tell whether it ends what was started in time, and nothing of it is left."""
        before = self.runner.processes()
        assert before
        is_in_time = within(SECONDS, lambda: self.runner.stop([], hurry))
        return is_in_time and not any(map(is_alive, before))


def within(seconds: float, act: Callable[[], None]) -> bool:
    """Tell whether it comes back in time, and raises nothing."""
    is_back = threading.Event()

    def come_back() -> None:
        act()
        is_back.set()

    threading.Thread(target=come_back, daemon=True).start()
    return is_back.wait(seconds)


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """Return a runner that keeps few lines, and nothing of which outlives the test."""
    monkeypatch.setattr(supervisor, "WAITING_LINES", 100)
    running = Running(tmp_path)
    yield running
    end(running.runner.processes(), grace_seconds=0)


def test_what_prints_without_pause_and_ignores_signals_is_killed_in_time(running, monkeypatch):
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.3)
    running.start(DEAF + LOUD)
    assert running.stop()


def test_a_second_signal_ends_what_prints_without_pause_at_once(running):
    running.start(DEAF + LOUD)
    hurried = time.monotonic() + 0.3
    assert running.stop(lambda: time.monotonic() > hurried)
    assert time.monotonic() - hurried < supervisor.STOP_SECONDS


def test_what_prints_more_than_is_read_waits_and_can_be_ended(running):
    running.start(COUNTING)
    counted = running.folder / "count"
    known = []

    def waits() -> bool:
        known.append(counted.read_text(encoding="utf-8"))
        return len(known) > 15 and bool(known[-1]) and len(set(known[-15:])) == 1

    wait_until(waits, SECONDS, lambda: f"a count that stays the same: {known[-15:]}")
    assert running.stop()


def test_a_line_without_an_end_is_shown_in_pieces(running):
    running.start(ONE_LINE)
    assert running.stop()


def test_what_is_said_just_before_the_end_is_shown_to_the_last_word(running):
    running.start(TALKATIVE_END)
    assert running.stop()
    assert running.printed.getvalue().rstrip().endswith("| the last word")


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_names_are_coloured_on_a_terminal_whose_user_wants_that(tmp_path, monkeypatch, name, value):
    monkeypatch.setattr(SlowTerminal, "isatty", lambda _: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for is_coloured in (True, False):
        running = Running(tmp_path)
        running.start("import time; print('hello', flush=True); time.sleep(600)")
        assert running.stop()
        assert ("\x1b[" in running.printed.getvalue()) == is_coloured
        monkeypatch.setenv(name, value)


def test_who_wakes_a_runner_that_has_much_to_print_does_not_wait(running):
    running.start(LOUD)
    assert within(SECONDS, lambda: [running.runner.wake() for _ in range(2000)] and None)
