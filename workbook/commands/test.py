"""`test`: proves the workbook itself."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence

from workbook.bootstrap import compilation
from workbook.paths import ROOT

# Most tests wait for processes: a few side by side fit on two cores. A module's tests stay
# together, for they share what they started.
SIDE_BY_SIDE = ("-n", "3", "--dist", "loadscope", "--no-loadscope-reorder")
# Tests that hold a time can fail for a busy machine's sake. So many run again by themselves: a
# right one holds then, a wrong one fails twice. More than these are no accident.
MOST_AGAIN = 8
SOME_FAILED = 1  # pytest's exit code
END_SECONDS = 60  # to stop what it has started


def run_tests(arguments: Sequence[str], everything: bool) -> int:
    """Run pytest on the workbook's tests with more `arguments` for it; return its exit code.

    `everything`: the long rounds too. Where all tests were asked for and a few failed, those run
    once more, one after the other, and the second run's exit code counts.
    """
    compilation.run(processes=0)
    rounds = ["--all"] if everything else []
    code = _pytest([*SIDE_BY_SIDE, *rounds, *arguments])
    failed = _failed() if code == SOME_FAILED and not arguments else 0
    if not 0 < failed <= MOST_AGAIN:
        return code
    print(f"\nOf those side by side {failed} failed. They run again, one by one:\n", flush=True)
    return _pytest(["--last-failed", "--last-failed-no-failures=none", *rounds])


def try_versions(pythons: Sequence[str]) -> int:
    """Try the Pythons named, or all, with each Django; print and record the table.

    Returns 1 where a round did not end as it should.
    """
    return _run_module(["tests.versions", *pythons])


def _failed() -> int:
    """Count the tests that pytest has noted down as failed."""
    noted = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"
    return len(json.loads(noted.read_text(encoding="utf-8"))) if noted.exists() else 0


def _pytest(options: Sequence[str]) -> int:
    return _run_module(["pytest", *options])


def _run_module(arguments: Sequence[str]) -> int:
    """Run a module, hand on what asks it to end, and return its exit code."""
    sys.stdout.flush()
    process = subprocess.Popen([sys.executable, "-m", *arguments], cwd=ROOT)
    former = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        return process.wait()
    except KeyboardInterrupt:
        # The terminal has told it as well.
        return process.wait(END_SECONDS)
    finally:
        signal.signal(signal.SIGTERM, former)
        process.kill()
