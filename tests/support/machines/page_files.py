"""What the page "More than one machine" tells its readers to write, with the test's own addresses.

Commands, configuration and environment come from the very files that the page shows: only names,
ports and folders are replaced.
"""

import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from docs_ext.assets.examples import EXAMPLES

MACHINES = EXAMPLES / "machines"
UNITS = "etc/systemd/system"
WEB = MACHINES / UNITS / "status-web.service.d" / "inner-address.conf"
WORKER = MACHINES / UNITS / "status-worker@.service"
BEAT = EXAMPLES / "servers" / UNITS / "status-beat.service"
PROXY = MACHINES / "etc/nginx/conf.d/status.conf"
ENVIRONMENT_FILE = MACHINES / "etc/status.env"
# Where a project lies on each machine. Its programs are those of this environment.
PLACE = "srv/status"
PROGRAMS = Path(sys.executable).parent


def started_by(
    unit: Path, instance: str = "", replaced: Mapping[str, str] | None = None
) -> list[str]:
    """Return the command of a unit, or of a drop-in, word by word, as systemd reads it.

    `instance` is what stands behind the @ of its name; `replaced` is what differs here, such as a
    port.
    """
    lines = unit.read_text(encoding="utf-8").splitlines()
    last = [line.partition("=")[2] for line in lines if line.startswith("ExecStart=")][-1]
    command = with_replaced(last, {f"/{PLACE}/.venv/bin": str(PROGRAMS), **(replaced or {})})
    # https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html#Specifiers
    specifiers = {"%": "%", "h": "/root", "i": instance}
    return shlex.split(re.sub("%(.)", lambda found: specifiers[found[1]], command))


def bare(command: list[str]) -> list[str]:
    """Return a command without the folder of its program."""
    return [Path(command[0]).name, *command[1:]]


def variables(text: str) -> dict[str, str]:
    """Read the text of an environment file, as systemd and Docker do: NAME=VALUE, line by line."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def with_replaced(text: str, replaced: Mapping[str, str]) -> str:
    """Return `text` with every key replaced by its value; fail where a key is not in it."""
    for old, new in replaced.items():
        assert old in text, f"the page's file no longer says {old!r}:\n{text}"
        text = text.replace(old, new)
    return text
