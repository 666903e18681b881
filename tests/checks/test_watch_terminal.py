"""`check --watch` on a terminal: one screen that is drawn again, and keys."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.checks.test_watch import ALL, CHECKS, save
from tests.support.checks_sandbox import TinyChecks, make_tiny_checks
from tests.support.terminals import Terminal, opened_terminal
from tests.support.tool_process import ToolRun, tool_run
from workbook.runtime.process_output import decoded

CLEAR = "\x1b[2J"


@dataclass
class Watched:
    """A call of `check 03 --watch` on a terminal, and what it has drawn since the last look."""

    tiny: TinyChecks
    run: ToolRun
    terminal: Terminal

    @property
    def screen(self) -> str:
        """What is on the screen now."""
        return self.run.text.rpartition(CLEAR)[2]

    def press(self, key: str) -> None:
        """Press a key; what is drawn from now on is what `run.text` holds."""
        self.run.lines.clear()
        self.terminal.type(key)


@pytest.fixture
def tiny(tmp_path: Path) -> TinyChecks:
    """Return a small workbook, and a `work/` of which the first check alone holds."""
    tiny = make_tiny_checks(tmp_path / "small workbook")
    tiny.write(CHECKS)
    tiny.begin_work()
    save(tiny, "first")
    return tiny


@pytest.fixture
def watched(tiny: TinyChecks) -> Iterator[Watched]:
    """Watch `work/`."""
    with watching(tiny) as begun:
        yield begun


@contextmanager
def watching(tiny: TinyChecks, *options: str) -> Iterator[Watched]:
    """Call `check 03 --watch` on a terminal, and wait for what its first run came to."""
    variables = {"TERM": "xterm", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    with opened_terminal() as terminal:
        there = terminal.there
        streams = {"stdin": there, "stdout": there, "stderr": there, "variables": variables}
        with tool_run(tiny.small, "check", "03", "--watch", *options, **streams) as run:
            threading.Thread(target=read, args=(terminal, run), daemon=True).start()
            run.wait_for("1 of 3 hold")
            yield Watched(tiny, run, terminal)


def read(terminal: Terminal, run: ToolRun) -> None:
    with suppress(OSError):
        while part := os.read(terminal.here, 65536):
            run.lines.append(decoded(part))


def test_the_first_cross_is_alone_on_the_screen(watched: Watched):
    assert "✗ The second holds" in watched.screen
    assert "The first holds" not in watched.screen
    assert "Enter checks now · h hint · a all verdicts · q quit" in watched.screen
    save(watched.tiny, "first second")
    watched.run.wait_for("2 of 3 hold")
    assert "The second" not in watched.screen


def test_a_lists_all_verdicts(watched: Watched):
    watched.press("a")
    watched.run.wait_for("– The third holds")
    assert "· The first holds" in watched.screen


def test_what_held_when_first_asked_has_no_tick_until_all_of_it_holds(watched: Watched):
    assert "It held when first asked." in watched.screen
    save(watched.tiny, "first second")
    watched.run.wait_for("One of them held when first asked.")
    watched.press("a")
    watched.run.wait_for("· held when first asked.")
    assert "· The first holds" in watched.screen
    assert "✓ The second holds" in watched.screen


def test_h_shows_what_the_tool_answers_to_hint(watched: Watched):
    said = watched.tiny.small.call("hint", "03", COLUMNS="78")
    watched.press("h")
    for line in filter(str.strip, (said.stdout + said.stderr).splitlines()):
        watched.run.wait_for(line)


def test_h_names_the_guides_section_of_another_folder(tiny: TinyChecks):
    with watching(tiny, "--target", str(tiny.small.work)) as watched:
        watched.press("h")
        watched.run.wait_for("The guide explains it: 03, Poll.")


def test_enter_checks_again(watched: Watched):
    watched.press("\n")
    watched.run.wait_for("1 of 3 hold · as many as before")


def test_q_quits_and_leaves_the_terminal_as_it_was(watched: Watched):
    assert not watched.terminal.echoes()
    watched.press("q")
    assert watched.run.ends() == 0
    assert watched.terminal.echoes()


def test_ctrl_c_leaves_the_terminal_as_it_was(watched: Watched):
    watched.run.process.send_signal(2)
    assert watched.run.ends() == 0
    assert watched.terminal.echoes()
    assert "Traceback" not in watched.run.text


def test_after_a_success_it_stays(watched: Watched):
    save(watched.tiny, ALL)
    watched.run.wait_for("Step 03 is done.")
    assert "3 of 3 hold" in watched.screen
    watched.press("a")
    watched.run.wait_for("✓ The third holds")
    assert "✓ The first holds" in watched.screen
