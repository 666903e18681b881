"""What a run keeps on disk while it lasts, and the clearing up after one that was killed.

Each run has a folder `.workbook/runs/<id>/` with its record, its copy of a snapshot, and a file
that the tool locks. The system lets that lock go however the tool ends: a run whose lock can be
taken is over, and what it left is ended by the next call.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from workbook.errors import WorkbookError
from workbook.invocation import tool_command
from workbook.paths import STATE
from workbook.runtime.file_locks import locked, try_lock
from workbook.runtime.ports import free_port
from workbook.runtime.process_tree import end, processes_of_run

RUNS = STATE / "runs"
GUARD_SECONDS = 30
GRACE_SECONDS = 3
# Two looks at one process differ by less; a reused number differs by more.
START_TOLERANCE_SECONDS = 1.0


@dataclass
class Record:
    """What a run tells the calls after it. `processes` are pairs of a number and a start time."""

    label: str
    project: str | None = None
    address: str | None = None
    pid: int = field(default_factory=os.getpid)
    processes: list[tuple[int, float]] = field(default_factory=list)


@dataclass
class Run:
    """A run that goes on: its name, its folder, its record."""

    id: str
    folder: Path
    record: Record

    def note(self, processes: Iterable[psutil.Process] = ()) -> None:
        """Write the record, with `processes` as those to end if the tool is killed."""
        known = []
        for process in processes:
            with contextlib.suppress(psutil.Error):
                known.append((process.pid, process.create_time()))
        if known == self.record.processes and (self.folder / "record.json").exists():
            return
        self.record.processes = known
        new = self.folder / "record.new"
        new.write_text(json.dumps(asdict(self.record)), encoding="utf-8")
        new.replace(self.folder / "record.json")


@contextmanager
def opened_run(
    label: str, project: Path | None = None, address: str | None = None
) -> Iterator[Run]:
    """Keep a run on record inside the block; after it, end its processes and remove its folder.

    `label` is what a person calls it, `project` a folder that two runs must not share, `address`
    what it answers at. Raises WorkbookError where `project` already runs, or where nothing can be
    written.
    """
    record = Record(label, str(project) if project else None, address)
    with _refusals_told(), no_new_run():
        _refuse_second(record)
        name = secrets.token_hex(6)
        run = Run(name, RUNS / name, record)
        run.folder.mkdir()
        lock = try_lock(run.folder / "lock")
        run.note()
    try:
        yield run
    finally:
        end(processes_of_run(run.id), GRACE_SECONDS)
        with _refusals_told(), no_new_run():
            if lock:
                lock.close()
            # What cannot be removed yet (Windows, a file still open) the next call removes.
            shutil.rmtree(run.folder, ignore_errors=True)


def no_new_run() -> contextlib.AbstractContextManager[None]:
    """Let no run begin inside the block, and none that begins now go unseen in it."""
    RUNS.mkdir(parents=True, exist_ok=True)
    return locked(STATE / "runs.lock", GUARD_SECONDS)


def running_in(project: Path) -> tuple[Record, set[int]] | None:
    """Return the record of the run that goes on in the folder `project`, and its processes.

    Raises WorkbookError where the records are somebody else's.
    """
    with _refusals_told():
        for folder in _runs() if RUNS.is_dir() else []:
            record = _read(folder)
            if record.project == str(project) and _lives(folder):
                return record, {record.pid, *(one.pid for one in processes_of_run(folder.name))}
    return None


def end_leftovers() -> list[str]:
    """End what killed calls left running, remove their folders, and return a line for each.

    Raises WorkbookError where nothing can be written.
    """
    if not RUNS.is_dir():
        return []
    with _refusals_told(), no_new_run():
        return [_clear(folder) for folder in _runs() if not _lives(folder)]


@contextmanager
def _refusals_told() -> Iterator[None]:
    """Raise WorkbookError for what the system refuses inside the block, with the place."""
    try:
        yield
    except OSError as error:
        raise WorkbookError(
            f"The workbook keeps its records in {STATE}, which cannot be written: "
            f"{error.strerror} ({error.filename or STATE}). Make that folder and all in it "
            "writable for yourself (a call with sudo leaves files of root there), or put the "
            "workbook elsewhere."
        ) from error


def _runs() -> list[Path]:
    return sorted(path for path in RUNS.iterdir() if path.is_dir())


def _lives(folder: Path) -> bool:
    lock = try_lock(folder / "lock")
    if lock:
        lock.close()
    return lock is None


def _read(folder: Path) -> Record:
    try:
        return Record(**json.loads((folder / "record.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # killed before it was written
        return Record(label="a run", pid=0)


def _refuse_second(record: Record) -> None:
    if record.project is None:
        return
    if found := running_in(Path(record.project)):
        other, _ = found
        raise WorkbookError(
            f"{record.label} already runs: see {other.address} (process {other.pid}). Two at "
            "once would share one database and send every periodic task twice. Press Ctrl-C "
            "there first, or run a snapshot beside it: "
            f"{tool_command()} run 05 --port {free_port()}"
        )


def _clear(folder: Path) -> str:
    record = _read(folder)
    left = {process.pid: process for process in processes_of_run(folder.name)}
    for pid, started in record.processes:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            if abs(process.create_time() - started) < START_TOLERANCE_SECONDS:
                left |= {found.pid: found for found in [process, *process.children(recursive=True)]}
    left.pop(os.getpid(), None)
    end(left.values(), GRACE_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)
    count = "1 process" if len(left) == 1 else f"{len(left)} processes"
    return f"An earlier call was killed: cleared up after {record.label} ({count} ended)."
