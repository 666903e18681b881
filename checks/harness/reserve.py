"""Starts what takes a run long to start, before there is anything to look at.

A Redis, and the processes of the Procfile with their libraries imported, held until the project is
there: see `held_python`. They are the Procfile's own commands. A process that would be started with
another command or another environment by then is ended, and started as usual.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from checks.harness.preflight import own_commands, without_helpers
from checks.harness.probe_client import Probe
from checks.harness.server_process import Launched, Launcher, launch
from checks.pace import slowness
from checks.verdicts import NotYet
from workbook.redis_server.server import RedisServer, private_redis
from workbook.runtime.ports import free_port
from workbook.runtime.run_records import Run, end_leftovers, opened_run

HELD_PYTHON = Path(__file__).with_name("held_python")
# What an app imports as it is loaded, in every process of a project whose settings name it.
NAMED = {
    "daphne": "daphne.server",
    "channels": "channels.layers",
    "channels_redis": "channels_redis.pubsub",
    "django_htmx": "django_htmx.middleware",
}


class Gate:
    """What held processes wait at."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: int | None = None
        if sys.platform != "win32":  # nothing is held there, because it never forks
            os.mkfifo(path)

    def variables(self, environment: Mapping[str, str], named: str) -> dict[str, str]:
        """Return an environment with what holds a process at the gate."""
        before = environment.get("PYTHONPATH")
        path = os.pathsep.join([str(HELD_PYTHON), *([before] if before else [])])
        held = {"WORKBOOK_GATE": str(self._path), "WORKBOOK_NAMED": named, "PYTHONPATH": path}
        return {**environment, **held}

    def open(self) -> None:
        """Let all through, including those that come to it later."""
        if self._opened is None:
            self._opened = os.open(self._path, os.O_RDWR)

    def close(self) -> None:
        """Have nothing open any more."""
        if self._opened is not None:
            os.close(self._opened)
            self._opened = None


class Reserve:
    """What was started beforehand for the project in `target`, whose copy will be in `folder`."""

    def __init__(self, run: Run, redis: RedisServer, target: Path) -> None:
        self.run, self.redis, self.port, self.target = run, redis, free_port(), target
        self.folder = run.folder / "project"
        self.folder.mkdir()
        self._launcher = Launcher(self.folder, run)
        self._gate, self._probes_gate = Gate(run.folder / "gate"), Gate(run.folder / "gate-probe")
        self._named = named_in(target)
        self._held: dict[str, Launched] = {}
        self._probe: Probe | None = None

    def hold(self) -> None:
        """Start the probe, and what the Procfile names."""
        plain = self._launcher.environment(self.redis.url)
        environment = self._probes_gate.variables(plain, self._named)
        self._probe = Probe(self.folder, environment, self.run.folder / "probe.log")
        try:
            commands = without_helpers(own_commands(self.target, self.port, self.redis.url))
        except NotYet:
            return  # told once there is something to look at
        plain = self._launcher.environment(self.redis.url, self.port)
        environment = self._gate.variables(plain, self._named)
        for role, command in commands.items():
            log = self.run.folder / f"{role}.log"
            self._held[role] = launch(role, command, self.folder, environment, log)

    def probe(self, environment: Mapping[str, str]) -> Probe | None:
        """Return the probe, let through, if it was held with this environment; but once."""
        probe, self._probe = self._probe, None
        if probe and environment != self._launcher.environment(self.redis.url):
            probe.close()
            return None
        self._probes_gate.open()
        return probe

    def processes(self, commands: Mapping[str, str], launcher: Launcher) -> dict[str, Launched]:
        """Return those that `launcher` would start now with just these commands, let through."""
        alike = {
            role: held
            for role, held in self._held.items()
            if held.command == commands.get(role)
            and launcher.unset == self._launcher.unset
            and held.exit_code() is None
        }
        for role, held in self._held.items():
            if role not in alike:
                held.kill()
        self._held = {}
        self._gate.open()
        return alike

    def close(self) -> None:
        """End what was never let through."""
        if self._probe:
            self._probe.close()
        for held in self._held.values():
            held.kill()
        self._gate.close()
        self._probes_gate.close()


# The one that the next project of this process takes.
_waiting: list[Reserve] = []


@contextmanager
def opened_reserve(target: Path) -> Iterator[None]:
    """Start beforehand what a project in `target` will need, and end it after the block.

    Raises WorkbookError where nothing can be started.
    """
    end_leftovers()  # of checks that were killed
    with opened_run(f"checks on {target}") as run, private_redis(run=run) as redis:
        slowness()  # measured once
        reserve = Reserve(run, redis, target)
        try:
            reserve.hold()
            _waiting.append(reserve)
            yield
        finally:
            _waiting.clear()
            reserve.close()


def take_reserve(target: Path) -> Reserve | None:
    """Return what was started beforehand for the project in `target`; for one project alone."""
    return _waiting.pop() if _waiting and _waiting[0].target == target else None


def named_in(target: Path) -> str:
    """Return the modules that a project's settings make every process of it import."""
    try:
        text = "".join(
            file.read_text(encoding="utf-8", errors="replace")
            for file in sorted((target / "config").rglob("settings*.py"))
        )
    except OSError:
        return ""
    return " ".join(module for word, module in NAMED.items() if word in text)
