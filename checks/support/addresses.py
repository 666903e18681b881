"""Does every address that a project would use follow the environment?

Looked at before anything is started, so that a check never reaches the learner's own Redis or
database.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from checks.support.verdict import NotYet
from workbook.runtime.ports import LOOPBACK

OPEN = "config/settings.py: does it read CELERY_BROKER_REDIS_URL?"
BROKER = "CELERY_BROKER_URL"
URL = re.compile(r"\b(?:rediss?|valkeys?|amqps?)://[^\s'\"]+")
DONE = f"loaded the settings with CELERY_BROKER_REDIS_URL=redis://{LOOPBACK}:PORT"


def require_own_addresses(settings: dict[str, Any], redis_url: str, folder: Path) -> None:
    """Raise NotYet for the first address that is neither at `redis_url` nor in `folder`."""
    expected_port = urlsplit(redis_url).port
    for name, address, guide in _redis_addresses(settings):
        if name == BROKER and not address:
            continue  # no app that knows it: see require_celery_app
        if _host_and_port(address) != (LOOPBACK, expected_port):
            raise NotYet(
                done=DONE.replace("PORT", str(expected_port)),
                seen=f"{name} is {address}",
                expected="the address that the environment names: nothing was started, "
                "so that your own Redis stays untouched",
                open=OPEN,
                guide=guide,
            )
    for alias, database in settings["databases"].items():
        if not _is_in(database, folder):
            raise NotYet(
                done="loaded the settings in a copy of your project",
                seen=f"DATABASES[{alias!r}] is {database['engine']} at {database['name']}",
                expected="an SQLite file below BASE_DIR: nothing was started, so that your own "
                "database stays untouched",
                open="config/settings.py: is NAME built from BASE_DIR?",
                guide="01, Update settings.py",
            )


def require_own_commands(commands: Mapping[str, str], redis_url: str) -> None:
    """Raise NotYet for the first command of a Procfile that names another broker than ours."""
    for role, command in commands.items():
        for address in URL.findall(command):
            if _host_and_port(address) != (LOOPBACK, urlsplit(redis_url).port):
                raise NotYet(
                    done="read the Procfile",
                    seen=f"the line of {role} names {address}",
                    expected="no address there, so that the environment names it: nothing was "
                    "started, so that your own Redis stays untouched",
                    open="Procfile",
                    guide="01, Run Django and Celery",
                )


def _redis_addresses(settings: dict[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Give each address of a Redis that the settings name, with the guide's section about it."""
    for name in ("broker_url", "broker_write_url"):
        yield BROKER, settings[name], "01, Update settings.py"
    for alias, layer in settings["channel_layers"].items():
        if "redis" in layer.get("BACKEND", "").lower():
            hosts = layer.get("CONFIG", {}).get("hosts", [("localhost", 6379)])
            for host in [hosts] if isinstance(hosts, str) else hosts:
                yield f"CHANNEL_LAYERS[{alias!r}]", host, "04, The channel layer"
    for alias, cache in settings["caches"].items():
        if "redis" in cache.get("BACKEND", "").lower():
            places = cache.get("LOCATION", "")
            for place in [places] if isinstance(places, str) else places:
                yield f"CACHES[{alias!r}]", place, "05, One run at a time"


def _host_and_port(address: Any) -> tuple[str | None, int | None]:
    """Read the host and port of an address in any form that Celery, Channels and Django take."""
    if isinstance(address, dict):
        address = address.get("address") or (address.get("host"), address.get("port", 6379))
    if isinstance(address, (list, tuple)):
        host, port = (*address, 6379)[:2]
    else:
        try:
            parts = urlsplit(str(address))
            host, port = parts.hostname, parts.port or 6379
        except ValueError:
            return None, None
        if parts.scheme not in ("redis", "rediss", "valkey"):
            return None, None
    return (LOOPBACK if host == "localhost" else host), int(port)


def _is_in(database: dict[str, str], folder: Path) -> bool:
    if not database["engine"].endswith("sqlite3"):
        return False
    return folder in (folder / database["name"]).resolve().parents
