"""What a benchmark ran on: the machine, its versions, how busy it was, and for how long."""

import os
import platform
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from workbook.redis_server.server import find_server, version_of

PACKAGES = (
    *("django", "celery", "redis", "channels", "channels-redis", "daphne", "gevent"),
    *("uvicorn", "websockets"),
)


@dataclass(frozen=True)
class Machine:
    """Everything that figures of two runs may differ by, and nothing that names its owner."""

    recorded: str  # the day, UTC
    cores: int
    memory_gib: float
    cpu: str
    system: str
    python: str
    redis_server: str
    packages: dict[str, str]


@dataclass(frozen=True)
class RunInfo:
    """A whole run. The load average is of the machine, one minute before and after."""

    machine: Machine
    load_before: float
    load_after: float
    rounds: int
    seconds: float

    def header(self) -> str:
        """Return the first line of a table: on what it was measured."""
        machine = self.machine
        return (
            f"{machine.cores} cores, {machine.cpu}, {machine.system}, Python {machine.python}, "
            f"load average {self.load_before} before and {self.load_after} after."
        )


@dataclass(frozen=True)
class RunStart:
    """How busy the machine was when a run began, and when that was (time.monotonic)."""

    load: float = field(default_factory=lambda: load_average())
    at: float = field(default_factory=time.monotonic)

    def ended(self, rounds: int) -> dict[str, Any]:
        """Return the fields of RunInfo for a run of so many `rounds` that ends now."""
        seconds = round(time.monotonic() - self.at)
        return vars(RunInfo(this_machine(), self.load, load_average(), rounds, seconds))


def this_machine() -> Machine:
    """Describe this machine."""
    return Machine(
        recorded=datetime.now(UTC).strftime("%Y-%m-%d"),
        cores=os.cpu_count() or 1,
        memory_gib=round(psutil.virtual_memory().total / 2**30, 1),
        cpu=_cpu(),
        system=_system(),
        python=platform.python_version(),
        redis_server=_redis_version(),
        packages={name: version(name) for name in PACKAGES},
    )


def load_average() -> float:
    """Return how many processes wanted to run in the last minute, on average."""
    return round(psutil.getloadavg()[0], 2)


def _cpu() -> str:
    # platform.processor() is empty on most Linux systems.
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _system() -> str:
    if platform.system() != "Linux":
        return f"{platform.system()} {platform.release()}"
    return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")


def _redis_version() -> str:
    server = find_server()
    if server is None:
        return "none"
    return f"{server.stem} {version_of(server)}".strip()
