"""`python -m tests.gate_runs [--runs N] [--busy] [--all]`: runs the gate, and keeps its result.

Each run is `.ci/run` on a fresh clone of the last commit; with --all the long rounds run too. With
--busy another process keeps one core busy beside it. What it printed is in .workbook/gate-run.log.
One line a run is added to gate_runs.json, and all of them are printed, for one green run alone says
little. Returns 1 where one of these runs was red.
"""

import argparse
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from tests.support.commands import in_background, run_command
from workbook.paths import ROOT, STATE

RECORD = Path(__file__).with_name("gate_runs.json")
LOG = STATE / "gate-run.log"
RUN_SECONDS = 7200  # no run is for ever
SPIN = "while True: pass"  # keeps a core busy
PASSED = re.compile(r"\b(\d+) passed\b")
FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
HEAD = "date        commit    busy  all   minutes  processor min.  passed  failed"


@dataclass(frozen=True)
class GateRun:
    """One run of the gate. `processor_seconds`: of all that it started and waited for."""

    date: str
    commit: str
    busy: bool
    cores: int
    exit_code: int
    seconds: float
    processor_seconds: float
    passed: int
    failed: list[str]
    everything: bool = False

    def __str__(self) -> str:
        busy, everything = ("yes" if one else "no" for one in (self.busy, self.everything))
        minutes = f"{self.seconds / 60:7.1f}  {self.processor_seconds / 60:14.1f}"
        found = f"{self.passed:6}  {', '.join(self.failed) or '–'}"
        code = "" if self.exit_code == 0 or self.failed else f" (exit code {self.exit_code})"
        return f"{self.date}  {self.commit}  {busy:4}  {everything:4}  {minutes}  {found}{code}"


def recorded_runs() -> list[GateRun]:
    """Return the runs on record, the oldest first."""
    if not RECORD.exists():
        return []
    return [GateRun(**each) for each in json.loads(RECORD.read_text(encoding="utf-8"))]


def keep(run: GateRun) -> None:
    """Add `run` to the record."""
    runs = [asdict(each) for each in (*recorded_runs(), run)]
    RECORD.write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")


def run_gate(busy: bool, everything: bool = False) -> GateRun:
    """Run the gate once on a clone of the last commit, into LOG; nothing else of it is left.

    `busy`: beside a process that computes. `everything`: the long rounds too.
    """
    commit = _git("rev-parse", "--short=8", "HEAD").strip()
    with tempfile.TemporaryDirectory(prefix="gate-", ignore_cleanup_errors=True) as folder:
        clone = Path(folder) / "workbook"
        _git("clone", "--quiet", str(ROOT), str(clone))
        with in_background([sys.executable, "-c", SPIN]) if busy else contextlib.nullcontext():
            began, before = time.monotonic(), _childrens_seconds()
            code = _run(clone, everything)
            seconds, used = time.monotonic() - began, _childrens_seconds() - before
    said = LOG.read_text(encoding="utf-8", errors="replace")
    return GateRun(
        date=date.today().isoformat(),
        commit=commit,
        busy=busy,
        cores=os.cpu_count() or 1,
        exit_code=code,
        seconds=round(seconds, 1),
        processor_seconds=round(used, 1),
        passed=sum(map(int, PASSED.findall(said))),
        failed=sorted(set(FAILED.findall(said))),
        everything=everything,
    )


def _run(clone: Path, everything: bool) -> int:
    """Run the gate of `clone`, and return its exit code; one that takes too long is ended."""
    STATE.mkdir(exist_ok=True)
    command = ["timeout", "--kill-after=60", str(RUN_SECONDS), "bash", ".ci/run"]
    command += ["--all"] if everything else []
    with LOG.open("wb") as log:
        return subprocess.run(command, cwd=clone, stdout=log, stderr=log, check=False).returncode


def _childrens_seconds() -> float:
    """Return the processor seconds of all children that have ended, and of theirs."""
    times = os.times()
    return times.children_user + times.children_system


def _git(*words: str) -> str:
    """Return what git prints of this repository."""
    return run_command(["git", *words], ROOT, check=True).stdout


def main() -> int:
    """Run the gate as often as the command line says, and print the record."""
    parser = argparse.ArgumentParser(prog="python -m tests.gate_runs", description=__doc__)
    parser.add_argument("--runs", type=int, default=1, help="how many; 0 prints the record alone")
    parser.add_argument("--busy", action="store_true", help="another process keeps one core busy")
    parser.add_argument("--all", action="store_true", help="the long rounds too")
    options = parser.parse_args()
    red = 0
    for _ in range(options.runs):
        run = run_gate(options.busy, options.all)
        keep(run)
        red += run.exit_code != 0
    print(HEAD, *recorded_runs(), sep="\n")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
