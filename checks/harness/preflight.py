"""What must hold before a project is started: its addresses, its Celery app, its Procfile.

Every address follows the environment, so that a check never reaches the learner's own Redis (of
databases see `databases`). Without a Celery app nobody knows which broker a worker would use.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from checks.harness.diagnosis.evidence import is_test
from checks.harness.diagnosis.startup import PROCESSES
from checks.verdicts import NotYet
from workbook.errors import WorkbookError
from workbook.projects.procfile import commands
from workbook.redis_server.address import HIDDEN, masked, read_address
from workbook.runtime.ports import LOOPBACK

UNTOUCHED = "nothing was started, so that your own Redis stays untouched"
LOOK_AT = "config/settings.py: does it read CELERY_BROKER_REDIS_URL?"
BROKER = "CELERY_BROKER_URL"
BROKER_VARIABLES = {BROKER, "CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL"}
URL = re.compile(r"\b(?:rediss?|valkeys?|amqps?)://[^\s'\"]+")
DONE = f"loaded the settings with CELERY_BROKER_REDIS_URL=redis://{LOOPBACK}:PORT"
ROLES = ("web", "worker", "beat")
WORKER = re.compile(r"\bcelery\b.*\sworker\b")
SECOND_APP = re.compile(r"^[^#\n]*\bCelery\(", re.MULTILINE)
QUEUES = re.compile(r"\s(-Q|--queues)\b")


def require_own_addresses(settings: dict[str, Any], redis_url: str) -> None:
    """Raise NotYet for the first address of a Redis that is not at `redis_url`."""
    expected_port = urlsplit(redis_url).port
    winning = sorted(BROKER_VARIABLES & {*settings["celery_variables"]})
    for name, address, guide in _redis_addresses(settings):
        if name == BROKER and not address:
            continue  # no app that knows it: see require_celery_app
        if _host_and_port(address) != (LOOPBACK, expected_port):
            raise NotYet(
                done=DONE.replace("PORT", str(expected_port)),
                seen=f"{name} is {_shown(address)}",
                expected=f"the address that the environment names: {UNTOUCHED}",
                look_at=f"the environment: its {winning[0]} wins over {LOOK_AT.partition(':')[0]}"
                if winning and name == BROKER
                else LOOK_AT,
                guide=guide,
            )


def require_own_commands(commands: Mapping[str, str], redis_url: str) -> None:
    """Raise NotYet for the first command of a Procfile that names another broker than ours."""
    for role, command in commands.items():
        for address in URL.findall(command):
            if _host_and_port(address) != (LOOPBACK, urlsplit(redis_url).port):
                raise NotYet(
                    done="read the Procfile",
                    seen=f"the line of {role} names {_shown(address)}",
                    expected=f"no address there, so that the environment names it: {UNTOUCHED}",
                    look_at="Procfile",
                    guide="01, One file for three terminals",
                )


def require_own_clients(clients: Iterable[Mapping[str, str]], redis_url: str) -> None:
    """Raise NotYet for the first client of the project's own code that is not for `redis_url`.

    `clients` are those of the probe.
    """
    for client in clients:
        address, place = client["address"], client["place"] or "one of your modules"
        if _host_and_port(address) != (LOOPBACK, urlsplit(redis_url).port):
            raise NotYet(
                done="imported your modules, as the processes of the Procfile would",
                seen=f"{place} makes a Redis client for {_shown(address)}",
                expected=f"the address that CELERY_BROKER_URL has: {UNTOUCHED}",
                look_at=f"{place}: which address is the client given?",
                guide="05, One run at a time",
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
                yield f"CACHES[{alias!r}]", place, "05, Tell late visitors"


def _host_and_port(address: Any) -> tuple[str | None, int | None]:
    """Read the host and port of an address in any form that Celery, Channels and Django take."""
    if isinstance(address, dict):
        address = address.get("address") or (address.get("host"), address.get("port", 6379))
    if isinstance(address, (list, tuple)):
        host, port = (*address, 6379)[:2]
    else:
        try:
            # Valkey's scheme is another name for the same.
            parts = read_address(re.sub(r"^valkey(?=s?://)", "redis", str(address)))
        except WorkbookError:
            return None, None
        host, port = parts.host, parts.port
    return (LOOPBACK if host == "localhost" else host), int(port)


def _shown(address: Any) -> str:
    """Return an address without any part of what may be a password."""
    if isinstance(address, str):
        return masked(address) if "://" in address or "@" in address else address
    if isinstance(address, dict):
        parts = {name: HIDDEN if "pass" in name else _shown(one) for name, one in address.items()}
        return str(parts)
    return str(address)


def _second_app(project: Path) -> str:
    """Return which file makes a Celery app besides config/celery.py, else where all have to be."""
    first = "config/celery.py"
    for file in sorted(project.rglob("*.py")):
        name = file.relative_to(project).as_posix()
        text = file.read_text(encoding="utf-8", errors="replace")
        if name != first and not is_test(name) and SECOND_APP.search(text):
            return name
    return f"{first} and the rest of the project"


def require_package(settings: dict[str, Any]) -> None:
    """Raise NotYet where the project has another name than `config`, which all else builds on.

    `settings` are those of the probe.
    """
    if not settings["package_is_loaded"]:
        raise NotYet(
            done="loaded Django, as manage.py does",
            seen=f"no package config: its settings are {settings['settings_module']}",
            expected="config.settings: every page of the guide names that package",
            look_at="manage.py: which settings does it name?",
            guide="01, Start a project",
        )


def require_celery_app(settings: dict[str, Any], project: Path) -> None:
    """Raise NotYet unless the package `config` holds one Celery app that knows its broker.

    `settings` are those of the probe, for the project in the folder `project`.
    """
    if not settings["app_is_loaded"]:
        raise NotYet(
            done="imported the package config, as Django does",
            seen="no Celery app in it: a task of yours would go to an app without settings",
            expected="the app of config/celery.py, imported by the package",
            look_at="config/__init__.py",
            guide="01, Update the root config",
        )
    if not settings["app_is_current"]:
        raise NotYet(
            done="asked Celery for its current app",
            seen="a different app from the one in config",
            expected="one Celery app in the whole project",
            look_at=f"{_second_app(project)}: is there a second Celery(...)?",
            guide="01, Configure the Celery app",
        )
    if not settings["broker_url"]:
        seen, look_at = _why_no_broker(settings)
        raise NotYet(
            done="read the broker's address from the Celery app",
            seen=f"none: {seen}",
            expected="the address in CELERY_BROKER_URL, handed over by Django's settings",
            look_at=look_at,
            guide="01, Configure the Celery app",
        )


def _why_no_broker(settings: dict[str, Any]) -> tuple[str, str]:
    """Return why the Celery app knows no broker, and where to look."""
    if not settings["app_has_settings"]:
        return (
            "nothing has handed any settings to the app",
            "config/__init__.py: is its app the one of config/celery.py? "
            "config/celery.py: which line hands it Django's settings?",
        )
    asked, names = settings["broker_setting"], " and ".join(settings["broker_names"])
    seen = f"the app asks for {asked}, and the settings have {names or 'no such name'}"
    if asked == "CELERY_BROKER_URL":
        return seen, "config/settings.py: under which name is the address there?"
    return seen, "config/celery.py: which prefix does config_from_object name?"


def require_reachable(settings: dict[str, Any]) -> None:
    """Raise NotYet for a setting that keeps a browser on this machine from every page.

    `settings` are those of the probe.
    """
    if not settings["host"]:
        hosts = settings["allowed_hosts"]
        raise NotYet(
            done="read ALLOWED_HOSTS",
            seen=f"{hosts}: a page at http://localhost:8000 is answered by status 400"
            if hosts
            else "no host, with DEBUG off: Django does not start so",
            expected="localhost or 127.0.0.1 among them, where you look at your pages",
            look_at="config/settings.py, ALLOWED_HOSTS",
            guide="01, Update settings.py",
        )
    for name in settings["redirects_away"]:
        where = (
            "https, which no server here speaks"
            if "SSL" in name
            else "www., which no server here answers to"
        )
        raise NotYet(
            done=f"read {name}",
            seen=f"it is on: every page is a redirect to {where}",
            expected="off on a laptop, and on where a proxy or a name asks for it",
            look_at=f"config/settings.py, {name}",
            guide="01, Update settings.py",
        )
    if prefix := settings["force_script_name"]:
        raise NotYet(
            done="read FORCE_SCRIPT_NAME",
            seen=f"{prefix}: every link of a page begins with it, and no server here knows it",
            expected="none where no proxy takes it away again",
            look_at="config/settings.py, FORCE_SCRIPT_NAME",
            guide="01, Update settings.py",
        )


def require_results_in_database(settings: dict[str, Any], *, in_database: bool) -> None:
    """Raise NotYet unless results go to Django's database, which is the copy's own.

    `settings` are those of the probe, which says as well whether they are stored `in_database`.
    """
    if in_database:
        return
    name, app = "CELERY_RESULT_BACKEND", "django_celery_results"
    seen = settings["result_backend"] or "none: what a task returns is lost"
    look_at = f"config/settings.py, {name}"
    if name in settings["celery_variables"]:
        look_at = f"the environment: its {name} wins over the one of config/settings.py"
    elif not any(one.startswith(app) for one in settings["installed_apps"]):
        seen, look_at = f"{seen}, and no {app} among the apps", f"{look_at} and INSTALLED_APPS"
    raise NotYet(
        done="read the result backend from the Celery app",
        seen=seen,
        expected="django-db",
        look_at=look_at,
        guide="01, Keep the results",
    )


def require_remote_control(settings: dict[str, Any]) -> None:
    """Raise NotYet for a worker that was told to answer no `inspect`, which is how it is asked.

    `settings` are those of the probe.
    """
    if not settings["remote_control"]:
        name = "CELERY_WORKER_ENABLE_REMOTE_CONTROL"
        raise NotYet(
            done=f"read {name}",
            seen="it is off: the worker answers no `inspect ping`",
            expected="on, as it is unless somebody turns it off: so you ask what a worker does",
            look_at=f"config/settings.py, {name}",
            guide=PROCESSES,
        )


def own_commands(folder: Path, port: int, redis_url: str) -> dict[str, str]:
    """Return the command of each role in the Procfile in `folder`, for a page at `port`.

    Raises NotYet for one that lacks a role, or names another broker than `redis_url`.
    """
    try:
        found = commands(folder, port)
    except WorkbookError as error:
        raise _bad(str(error).replace(str(folder), "your project")) from None
    if missing := [role for role in ROLES if role not in found]:
        raise _bad(f"it names no {' and no '.join(missing)}")
    require_own_commands(found, redis_url)
    return found


def without_helpers(processes: dict[str, str]) -> dict[str, str]:
    """Leave out what only shares the work of `worker`, such as step 01's exercise.

    The checks of later steps count what one worker receives, read its log, and kill it.
    """
    return {
        role: command
        for role, command in processes.items()
        if role in ROLES or not WORKER.search(command) or QUEUES.search(command)
    }


def _bad(seen: str) -> NotYet:
    return NotYet(
        done="read the Procfile",
        seen=seen,
        expected="a line each for web, worker and beat",
        look_at="Procfile",
        guide=PROCESSES,
    )
