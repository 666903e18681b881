"""On what a benchmark ran: the machine, the system, the versions, and how busy it was."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from workbook.redis_server.server import find_server
from workbook.runtime.process_output import AS_TEXT

PACKAGES = (
    *("django", "celery", "redis", "channels", "channels-redis", "daphne", "gevent"),
    *("uvicorn", "websockets"),
)


@dataclass(frozen=True)
class Machine:
    """Everything that figures of two runs may differ by, and nothing that names whose it is."""

    recorded: str  # the day, UTC
    cores: int
    memory_gib: float
    cpu: str
    system: str
    python: str

    def told(self, load_before: float, load_after: float) -> str:
        """Say in a line which machine it was, and how busy before and after a benchmark."""
        return (
            f"{self.cores} cores, {self.cpu}, {self.system}, Python {self.python}, "
            f"load average {load_before} before and {load_after} after."
        )

    redis_server: str
    packages: dict[str, str]


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
    said = subprocess.run(
        [str(server), "--version"], capture_output=True, **AS_TEXT, timeout=10, check=True
    ).stdout
    words = dict(part.split("=", 1) for part in said.split() if "=" in part)
    return f"{server.stem} {words.get('v', '')}".strip()
