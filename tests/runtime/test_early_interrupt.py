"""Ctrl-C in the first moments of a call ends it without a traceback."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.checks_sandbox import make_tiny_checks
from tests.support.commands import run_command
from tests.support.workbook_copy import make_small_workbook
from workbook.paths import ROOT
from workbook.runtime.ports import free_port

INTERRUPTED = 130
# The interrupt comes while nobody can hear it, as it does while a Python starts.
INTERRUPT_THEN = """
import os, signal, sys
from workbook.runtime.signals import hold_interrupts
hold_interrupts()
os.kill(os.getpid(), signal.SIGINT)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
NOT_YET = """
@check("There is a URL")
def test_url(): raise NotYet("GET /", "404", "200", "status/urls.py: is it there?", "03, Poll")
"""
POSIX = pytest.mark.skipif(
    os.name != "posix", reason="on Windows no program takes the place of another"
)


@pytest.mark.parametrize("module", ["launcher.py", "runtime/signals.py", "bootstrap/portions.py"])
def test_an_interrupt_while_the_tool_imports_is_no_traceback(tmp_path: Path, module: str) -> None:
    small = make_small_workbook(tmp_path / "small")
    (small.root / "workbook" / module).write_text("raise KeyboardInterrupt\n", encoding="utf-8")
    done = run_command([sys.executable, str(small.root / "workbook"), "doctor"], tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (INTERRUPTED, "", "")


@POSIX
def test_an_interrupt_while_the_environment_s_python_starts_is_no_traceback() -> None:
    command = [sys.executable, "-c", INTERRUPT_THEN, str(ROOT / "workbook"), "--help"]
    done = run_command(command, ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (INTERRUPTED, "", "")


@POSIX
def test_an_interrupt_while_the_guide_starts_ends_it_in_order(tmp_path: Path) -> None:
    small = make_small_workbook(tmp_path / "small")
    interrupt_itself(small.root / "docs_ext" / "live" / "__init__.py")
    done = small.call("guide", "--port", str(free_port()))
    assert (done.returncode, done.stderr) == (0, "")
    assert list((small.root / ".workbook" / "runs").iterdir()) == []


@POSIX
@pytest.mark.parametrize("module", ["docs_ext/hint/__init__.py", "checks/__init__.py"])
def test_an_interrupt_while_a_hint_is_made_is_no_traceback(tmp_path: Path, module: str) -> None:
    tiny = make_tiny_checks(tmp_path / "small")
    shutil.copytree(ROOT / "docs_ext", tiny.root / "docs_ext", dirs_exist_ok=True)
    tiny.begin_work()
    tiny.write(NOT_YET)
    interrupt_itself(tiny.root / module)
    done = tiny.small.call("hint", "03")
    assert (done.returncode, done.stderr) == (INTERRUPTED, "")
    assert "no verdict" not in done.stdout


def interrupt_itself(module: Path) -> None:
    """Let a module press Ctrl-C, as its first act, for the process that imports it."""
    module.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n", encoding="utf-8")


@POSIX
def test_an_interrupt_while_pytest_starts_ends_the_checks_in_order(tmp_path: Path) -> None:
    tiny = make_tiny_checks(tmp_path / "small")
    tiny.begin_work()
    tiny.write('@check("It holds")\ndef test_it(): ...\n')
    command = [sys.executable, "-c", INTERRUPT_THEN, *tiny.command()[1:]]
    done = run_command(
        command,
        tiny.root,
        tiny.environment(PYTHONPATH=str(tiny.root)),
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == pytest.ExitCode.INTERRUPTED
    assert "Traceback" not in done.stdout
    assert "✓" not in done.stdout
