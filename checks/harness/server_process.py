"""Starts a process of the Procfile, web, worker or beat: with its log, and ended by force."""

import contextlib
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from honcho.process import Popen

from checks.harness.process_log import ProcessLog
from checks.pace import patience
from workbook.runtime.child_environment import environment_for
from workbook.runtime.ports import LOOPBACK
from workbook.runtime.process_tree import end, trees
from workbook.runtime.run_records import Run

# STATUS_INTERVAL while a check looks: a whole number, for a cast=int is right as well.
INTERVAL_SECONDS = float(round(patience(1)))
# Read by Celery's command line and by Django's autoreloader. They spare a second each: the
# worker does not look for others first, and runserver does not start itself twice.
FASTER = {
    "CELERY_WORKER_WITHOUT_MINGLE": "1",
    "CELERY_WORKER_WITHOUT_GOSSIP": "1",
    "RUN_MAIN": "true",
}
# daphne's runserver sends Python's warnings nowhere. As an error this one reaches the log, where
# Python says that it is ignored: whatever runs goes on as it would.
FORGOTTEN_AWAITS = {"PYTHONWARNINGS": "error:coroutine:RuntimeWarning"}
MOST_BYTES = 20_000_000
LOOK_SECONDS = 0.1


@dataclass
class Launched:
    """A process that was started, with its log."""

    name: str
    command: str
    popen: subprocess.Popen[bytes]
    log: ProcessLog

    @property
    def role(self) -> str:
        """The name of its line in the Procfile: that of `web-idle` is `web`."""
        return self.name.partition("-")[0]

    def exit_code(self) -> int | None:
        """Return its exit code, None while it lives."""
        return self.popen.poll()

    def kill(self) -> None:
        """Kill it and its descendants at once: what it holds is a copy."""
        end(trees([self.popen.pid]), grace_seconds=0)
        self.popen.wait()

    def ports(self) -> set[int]:
        """Return the ports that it, or a descendant, listens on."""
        found = set()
        for process in trees([self.popen.pid]):
            with contextlib.suppress(psutil.Error):  # it has ended meanwhile
                found |= {
                    one.laddr.port
                    for one in process.net_connections("tcp")
                    if one.status == psutil.CONN_LISTEN
                }
        return found

    def held_up_seconds(self) -> float:
        """Return how long it, or a descendant, has waited for a processor since its start.

        Of all its threads it is the longest; 0 but on Linux. Whoever had the processor counts, the
        project's own processes too. See schedstat in proc(5).
        """
        waited = 0
        for process in trees([self.popen.pid]):
            for file in Path(f"/proc/{process.pid}/task").glob("*/schedstat"):
                with contextlib.suppress(OSError, ValueError, IndexError):
                    waited = max(waited, int(file.read_text(encoding="ascii").split()[1]))
        return waited / 1e9


@dataclass(frozen=True)
class Launcher:
    """Starts processes in the copy of a project, with what they find in their environment.

    `unset` names variables that they do not find there, `host` is what a page's address begins
    with: the name of this machine that the project answers to.
    """

    folder: Path
    run: Run
    unset: frozenset[str] = frozenset()
    host: str = LOOPBACK

    def environment(self, broker: str, port: int | None = None) -> dict[str, str]:
        """Return the variables that a process of the project gets, with the run's mark."""
        environment = environment_for(broker, port, self.run.id) | {
            "PYTHONDONTWRITEBYTECODE": "1",
            "STATUS_INTERVAL": f"{INTERVAL_SECONDS:g}",
        }
        return {name: value for name, value in environment.items() if name not in self.unset}

    def launch(self, name: str, command: str, broker: str, port: int) -> Launched:
        """Start a command, with a broker's address and a port; its log is named after it."""
        log = self.run.folder / f"{name}.log"
        return launch(name, command, self.folder, self.environment(broker, port), log)


def launch(
    name: str, command: str, folder: Path, environment: dict[str, str], log: Path
) -> Launched:
    """Start `command` in `folder`, its output in `log`; one that prints without an end is ended."""
    with log.open("wb") as output:
        popen = Popen(
            command,
            cwd=folder,
            env=environment | FASTER | (FORGOTTEN_AWAITS if name.startswith("web") else {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
        )
    launched = Launched(name, command, popen, ProcessLog(log, folder))
    cap(popen, launched.log, launched.kill)
    return launched


def cap(process: subprocess.Popen[bytes], log: ProcessLog, kill: Callable[[], None]) -> None:
    """From now on call `kill` where the log of `process` grows beyond MOST_BYTES, and note it."""

    def watch() -> None:
        while process.poll() is None:
            if log.size() > MOST_BYTES:
                log.note = (
                    f"it printed more than {MOST_BYTES // 1_000_000} MB, and the checks ended it"
                )
                kill()
            time.sleep(LOOK_SECONDS)

    threading.Thread(target=watch, daemon=True).start()
