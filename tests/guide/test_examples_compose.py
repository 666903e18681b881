"""The compose file of "More than one machine" agrees with the page's other files.

It is only read here. What it starts does run, with those other files: see
tests/benchmarks/test_more_than_one_machine.py.
"""

import re
import shlex

import pytest
import yaml

from docs_ext.assets.examples import EXAMPLES
from tests.support.machines.page_files import (
    BEAT,
    ENVIRONMENT_FILE,
    MACHINES,
    PROXY,
    WEB,
    WORKER,
    bare,
    started_by,
    variables,
)
from workbook.paths import ROOT

PAGE = ROOT / "docs" / "going-further" / "more-than-one-machine.md"
QUEUE_SETTINGS = EXAMPLES / "queues" / "config" / "settings.py"
# What the Compose specification knows for a service, as far as it is used here.
KNOWN_KEYS = {
    *("build", "command", "depends_on", "env_file", "environment", "healthcheck", "image"),
    *("networks", "ports", "restart", "stop_grace_period", "volumes"),
}
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
INNER_NAME = re.compile(r"\b[\w-]+\.internal\b")


class StrictLoader(yaml.SafeLoader):
    """Refuses a key that is there twice, where YAML itself lets the last one win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        """Return a mapping, as every loader does."""
        # `<<` brings in what others may say again: only what is typed here counts.
        keys = [key.value for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        assert not twice, f"twice in the compose file: {twice}"
        return super().construct_mapping(node, deep)


@pytest.fixture(scope="module")
def compose() -> dict[str, dict]:
    """Return the compose file as Docker reads it."""
    text = (MACHINES / "compose.yaml").read_text(encoding="utf-8")
    return yaml.load(text, StrictLoader)


@pytest.fixture(scope="module")
def services(compose: dict[str, dict]) -> dict[str, dict]:
    """Return what the compose file starts, by name."""
    return compose["services"]


def test_a_service_says_nothing_that_compose_does_not_know(compose, services):
    assert set(compose) == {"x-project", "services", "volumes"}
    assert {key for service in services.values() for key in service} <= KNOWN_KEYS
    for service in services.values():
        waits = service.get("depends_on", {})
        assert set(waits) <= set(services)
        if isinstance(waits, dict):
            assert {wait["condition"] for wait in waits.values()} <= CONDITIONS


def test_every_service_starts_what_the_units_start(services):
    bind = {"10.0.0.11": "0.0.0.0"}
    assert commands_of(services, "web-1", "web-2") == [bare(started_by(WEB, replaced=bind))] * 2
    for queue in queues():
        (started,) = commands_of(services, f"worker-{queue}")
        assert started == bare(started_by(WORKER, queue))
    assert commands_of(services, "beat") == [bare(started_by(BEAT))]


def test_a_worker_has_as_long_to_end_as_under_systemd(services):
    seconds = re.search(r"^TimeoutStopSec=(\d+)$", WORKER.read_text("utf-8"), re.MULTILINE)[1]
    grace = {services[f"worker-{queue}"]["stop_grace_period"] for queue in queues()}
    assert grace == {f"{seconds}s"}


def test_every_queue_has_a_worker_and_nobody_else_has(services):
    workers = {name.removeprefix("worker-") for name in services if name.startswith("worker-")}
    assert workers == set(queues())


def test_what_is_done_once_is_what_the_pages_tell(services):
    ((shell, option, typed),) = commands_of(services, "prepare")
    assert (shell, option) == ("sh", "-c")
    told = PAGE.read_text("utf-8") + PAGE.with_name("deploying.md").read_text("utf-8")
    for command in typed.split(" && "):
        typed_there = re.escape(command.removeprefix("python manage.py "))
        assert re.search(rf"(?<![\w-]){typed_there}(?![\w-])", told)


def test_who_is_called_by_a_name_has_it(services):
    wanted = {
        name
        for path in (PROXY, ENVIRONMENT_FILE)
        for name in INNER_NAME.findall(path.read_text(encoding="utf-8"))
    }
    aliases = [
        alias
        for service in services.values()
        for alias in service.get("networks", {}).get("default", {}).get("aliases", [])
    ]
    assert sorted(aliases) == sorted(wanted)
    assert set(INNER_NAME.findall(services["postgres"]["healthcheck"]["test"])) <= wanted


def test_what_the_compose_file_takes_from_the_environment_is_there(compose, services):
    known = variables(ENVIRONMENT_FILE.read_text(encoding="utf-8"))
    taken = re.findall(r"\$\{(\w+)", (MACHINES / "compose.yaml").read_text(encoding="utf-8"))
    assert taken
    assert set(taken) <= known.keys()
    assert f":{known['REDIS_PASSWORD']}@" in known["CELERY_BROKER_REDIS_URL"]
    assert services["postgres"]["environment"]["POSTGRES_USER"] == default_of("DATABASE_USER")
    assert compose["x-project"]["env_file"] == ENVIRONMENT_FILE.name


def test_the_proxy_finds_its_files_where_the_compose_file_puts_them(compose, services):
    mounted = [volume.split(":")[1] for volume in services["nginx"]["volumes"]]
    assert mounted[0] == "/etc/nginx/conf.d/default.conf"
    for folder in mounted[1:]:
        assert f" {folder}/" in PROXY.read_text(encoding="utf-8")
    gathered = services["prepare"]["volumes"][0].split(":")
    assert gathered[1] in mounted
    named = {v.split(":")[0] for s in services.values() for v in s.get("volumes", ())}
    assert {name for name in named if name[0] not in "./"} == compose["volumes"].keys()


def test_the_image_never_takes_in_secrets_and_databases():
    ignored = (MACHINES / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".env", "*.env", "*.sqlite3*"} <= set(ignored)
    assert "COPY . ." in (MACHINES / "Dockerfile").read_text(encoding="utf-8")


def commands_of(services: dict[str, dict], *names: str) -> list[list[str]]:
    """Return the commands of these services, word by word."""
    return [shlex.split(services[name]["command"]) for name in names]


def queues() -> list[str]:
    """Return the queues that there are: Celery's own, and those that the example names."""
    named = re.findall(r"'queue': '(\w+)'", QUEUE_SETTINGS.read_text(encoding="utf-8"))
    return ["celery", *named]


def default_of(name: str) -> str:
    """Return the default that the settings give to a variable."""
    settings = (EXAMPLES / "postgresql/config/settings.py").read_text(encoding="utf-8")
    return re.search(rf"config\('{name}', default='(\w+)'", settings)[1]
