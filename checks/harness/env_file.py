"""What the learner's own `.env` says: the environment that the checks give a project hides it.

The settings are loaded once with `.env` as it is, and what they resolve to is judged by its text
alone. Whether anything answers there is not tried: an unusual Redis is no mistake.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from kombu.transport import TRANSPORT_ALIASES

from checks.harness.settings_reader import SettingsError, read_settings
from checks.verdicts import NotYet
from workbook.errors import WorkbookError
from workbook.redis_server.address import EXAMPLE, read_address

VARIABLE = "CELERY_BROKER_REDIS_URL"
# What the checks' environment sets in the place of `.env`.
HIDDEN_BY_CHECKS = (VARIABLE, "STATUS_INTERVAL")
FILE, GUIDE = ".env", "01, Create .env"
REDIS_SCHEMES = ("redis", "rediss", "valkey", "valkeys", "unix")
# A straight one may be part of a password, but neither begins nor ends an address.
STRAIGHT_QUOTES, TYPOGRAPHIC_QUOTES = "\"'`", "“”„‟‘’‚‛«»´"
DONE = "loaded the settings with .env as it is, and without the checks' own address"
# A line that sets something, as a person would read it, whatever a parser makes of it.
LINE = re.compile(r"^\W*(?:(?:export|set)\s+)?([A-Za-z][\w.\- ]*?)\s*[=:]\s*(.+?)\s*$")
ALIKE = 0.75


@dataclass(frozen=True)
class EnvFile:
    """A project's `.env`: its lines that say something."""

    text: str

    @property
    def is_empty(self) -> bool:
        """Tell whether it sets nothing."""
        return not self._lines()

    def place_of(self, name: str) -> str:
        """Return where a variable is set, such as `.env, line 2`."""
        numbers = [number for number, line in self._lines() if name in line]
        return f"{FILE}, line {numbers[-1]}" if numbers else FILE

    def sets(self, name: str) -> bool:
        """Tell whether it sets a variable, as python-decouple reads it."""
        return any(line.partition("=")[0].strip() == name for _, line in self._lines())

    def alike(self) -> Iterator[tuple[str, str, int]]:
        """Give name, value and line number of what might be meant as the broker's address."""
        for number, line in self._lines():
            found = LINE.match(line)
            if found and _is_alike(found[1]) and ("://" in found[2] or ":6379" in found[2]):
                yield re.split("[=:]", line)[0].strip("\ufeff "), found[2], number

    def _lines(self) -> list[tuple[int, str]]:
        lines = enumerate(self.text.splitlines(), 1)
        return [
            (number, line) for number, line in lines if line.strip() and line.lstrip()[0] != "#"
        ]


def _is_alike(name: str) -> bool:
    name = name.upper()
    return "BROKER" in name or SequenceMatcher(None, name, VARIABLE).ratio() >= ALIKE


def require_usable_env_file(folder: Path, environment: Mapping[str, str]) -> None:
    """Raise NotYet where the project in `folder` could not run with its own `.env`.

    `environment` is what the checks give its processes.
    """
    env_file = EnvFile((folder / FILE).read_text(encoding="utf-8", errors="replace"))
    if env_file.is_empty:
        return
    own = {name: value for name, value in environment.items() if name not in HIDDEN_BY_CHECKS}
    try:
        settings = read_settings(folder, own)
    except SettingsError as error:
        words = str(error)
        raise NotYet(
            done=DONE,
            seen=words.splitlines()[-1],
            expected="settings that load with it",
            look_at=env_file.place_of(next(filter(env_file.sets, HIDDEN_BY_CHECKS), FILE)),
            guide=GUIDE,
            words=words,
        ) from None
    require_usable(settings, env_file)


def require_usable(settings: Mapping[str, Any], env_file: EnvFile) -> None:
    """Raise NotYet for the first of `settings` that no process could use."""
    for name, address, schemes in _addresses(settings):
        if problem := problem_of(address, schemes):
            raise NotYet(
                done=DONE,
                seen=f"{name} {problem}",
                expected=f"an address that a worker can use, such as {EXAMPLE}",
                look_at=env_file.place_of(VARIABLE),
                guide=GUIDE,
            )
    interval = settings.get("status_interval")
    if isinstance(interval, (int, float)) and not interval > 0:
        raise NotYet(
            done=DONE,
            seen=f"STATUS_INTERVAL is {interval:g}",
            expected="more than 0 seconds",
            look_at=env_file.place_of("STATUS_INTERVAL"),
            guide="05, Set the interval",
        )
    if not env_file.sets(VARIABLE):
        _require_no_other_name(settings, env_file)


def _require_no_other_name(settings: Mapping[str, Any], env_file: EnvFile) -> None:
    """Raise NotYet for an address in `.env` under a name that nothing reads."""
    resolved = str([address for _, address, _ in _addresses(settings)])
    for name, value, number in env_file.alike():
        if value.strip(STRAIGHT_QUOTES) not in resolved:
            raise NotYet(
                done=DONE,
                seen=f"the broker's address does not follow the line that begins with {name}",
                expected=f"a line such as {VARIABLE}={EXAMPLE}, with nothing before the name: "
                "your settings read no other",
                look_at=f"{FILE}, line {number}",
                guide=GUIDE,
            )


def _addresses(settings: Mapping[str, Any]) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    """Give each address that is spelled as text: its setting, and the schemes it may have."""
    if not settings.get("broker_transport"):
        broker = settings["broker_url"]
        for one in [broker] if isinstance(broker, str) else broker or []:
            # Celery takes several, one to fall back on.
            for address in one.split(";"):
                if address or address == one:
                    yield "CELERY_BROKER_URL", address, tuple(TRANSPORT_ALIASES)
    for alias, layer in (settings.get("channel_layers") or {}).items():
        hosts = layer.get("CONFIG", {}).get("hosts", []) if "redis" in _backend(layer) else []
        for host in [hosts] if isinstance(hosts, str) else hosts:
            if isinstance(host, str):
                yield f"CHANNEL_LAYERS[{alias!r}]", host, REDIS_SCHEMES
    for alias, cache in (settings.get("caches") or {}).items():
        places = cache.get("LOCATION", "") if "redis" in _backend(cache) else []
        for place in re.split(r"[;,]", places) if isinstance(places, str) else places:
            yield f"CACHES[{alias!r}]", place, REDIS_SCHEMES


def _backend(configured: Mapping[str, Any]) -> str:
    return str(configured.get("BACKEND", "")).lower()


def problem_of(address: str, schemes: tuple[str, ...] = tuple(TRANSPORT_ALIASES)) -> str:
    """Return why nothing can be reached at `address`, "" where it can be read.

    No part of it that might be a password is shown.
    """
    if not address:
        return "is empty: Celery would look for RabbitMQ on this machine"
    ends = (address[0], address[-1])
    odd = [one for one in address if one in TYPOGRAPHIC_QUOTES]
    odd += [one for one in ends if one in STRAIGHT_QUOTES]
    if odd:
        return f"has the quotation mark {odd[0]} in it, which becomes part of the address"
    if re.search(r"\s", address):
        return "has a space in it: everything after = is the value, even a comment"
    if not address.isprintable():
        return "has an invisible character in it"
    # Without its name: it might be a part of a password.
    if re.search(r"[A-Z][A-Z_]{3,}=", address):
        return "has a second NAME= in it: each variable begins on a line of its own"
    scheme, separator, _ = address.partition("://")
    if not separator:
        return "has no redis:// in front"
    transport = scheme.partition("+")[0]
    # A dot: a class of somebody's own, named by its module.
    if transport not in schemes and "." not in transport:
        shown = f"begins with {scheme[:20]}://" if scheme.isidentifier() else "is not an address"
        return f"{shown}, and there is no such transport"
    if scheme == "memory":
        return "is memory://: each process would have a queue of its own"
    try:
        if scheme in ("redis", "rediss"):
            read_address(address)
    except WorkbookError as error:
        return f"cannot be used. {error}"
    return ""
