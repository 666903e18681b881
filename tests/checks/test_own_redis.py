"""A project that would reach another Redis than the run's own is not started, and is told why."""

import ast
import re
from pathlib import Path

import pytest
from redis import Redis

from checks.harness.preflight import require_own_clients, require_results_in_database
from checks.harness.probe import written_address
from checks.harness.project import opened_project
from checks.target import Target
from checks.verdicts import NotYet
from tests.support.edited_projects import Appending, Change, Edit, edited_copy
from workbook.projects.steps import find_step
from workbook.redis_server.server import private_redis

SETTINGS = "config/settings.py"
LAPTOP = "redis://localhost:6379"
BACKEND = "CELERY_RESULT_BACKEND"
STORED = {
    "result_backend": "django-db",
    "celery_variables": [],
    "installed_apps": ["django_celery_results"],
}


def told_of(step: int, folder: Path, *edits: Change) -> NotYet:
    """Return what is said of a project as it is prepared, and assert that nothing was started."""
    target = Target(edited_copy(step, edits, folder), "named", find_step(f"{step:02}"))
    with opened_project(target, ["web", "worker"]) as project:
        with pytest.raises(NotYet) as told:
            project.running()
        assert not project._launched
    return told.value


def test_results_in_a_redis_are_told_from_step_02_on(tmp_path: Path) -> None:
    told = told_of(2, tmp_path, Appending(SETTINGS, f"{BACKEND} = '{LAPTOP}/1'"))
    assert told.seen == f"{LAPTOP}/1"
    assert told.look_at == f"{SETTINGS}, {BACKEND}"


def test_a_variable_that_leads_results_to_a_redis_is_named(tmp_path: Path) -> None:
    """As python-dotenv sets one in settings.py, from `.env`."""
    variable = f"import os\nos.environ['{BACKEND}'] = '{LAPTOP}/1'"
    told = told_of(2, tmp_path, Appending(SETTINGS, variable))
    assert told.seen == f"{LAPTOP}/1"
    assert told.look_at.startswith(f"the environment: its {BACKEND} wins")


def test_results_without_their_app_lead_to_the_apps() -> None:
    require_results_in_database(STORED, in_database=True)
    with pytest.raises(NotYet) as told:
        require_results_in_database(STORED | {"installed_apps": []}, in_database=False)
    assert told.value.seen == "django-db, and no django_celery_results among the apps"
    assert told.value.look_at.endswith("INSTALLED_APPS")


@pytest.mark.takes_long("the processes of a project start")
@pytest.mark.parametrize("name", ["BROKER_URL", "CELERY_BROKER_URL", "CELERY_BROKER_READ_URL"])
def test_a_broker_of_another_project_in_the_environment_is_out_of_reach(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Target(edited_copy(2, (), tmp_path), "named", find_step("02"))
    with private_redis() as foreign, Redis.from_url(foreign.url) as client:
        monkeypatch.setenv(name, foreign.url)
        with opened_project(target, ["web", "worker"]) as project:
            project.running()
            assert project.received("status.tasks.send_status") == 0
        assert client.keys() == []


# What step 05's task makes its lock with, and what is said of each of these in its place.
OWN_CLIENT = "redis = Redis.from_url(settings.CELERY_BROKER_URL)"
CLIENTS = [
    (
        "def lock_of(name):\n    return Redis.from_url('redis://:secret@db.example').lock(name)",
        "status/tasks.py, line N makes a Redis client for redis://:***@db.example",
    ),
    (
        "from os import environ\nredis = Redis(host=environ.get('NO_SUCH_HOST', '127.0.0.9'))",
        "status/tasks.py makes a Redis client for redis://127.0.0.9:6379",
    ),
    (
        "import redis.asyncio\nredis = redis.asyncio.Redis(unix_socket_path='/run/redis.sock')",
        "status/tasks.py makes a Redis client for unix:///run/redis.sock",
    ),
]


@pytest.mark.parametrize(
    ("code", "seen"), CLIENTS, ids=["in a function", "of a variable", "asyncio at a socket's file"]
)
def test_a_client_of_the_projects_own_code_is_told(code: str, seen: str, tmp_path: Path) -> None:
    told = told_of(5, tmp_path, Edit("status/tasks.py", OWN_CLIENT, code))
    assert re.sub(r"line \d+", "line N", told.seen) == seen
    assert told.look_at.startswith("status/tasks.py")


@pytest.mark.parametrize(
    ("call", "address"),
    [
        ("Redis()", LAPTOP),
        ("redis.StrictRedis(decode_responses=True)", LAPTOP),
        ("Redis('db.example', 6380)", "redis://db.example:6380"),
        ("Redis(port=6380)", "redis://localhost:6380"),
        ("Redis.from_url(url='rediss://db.example')", "rediss://db.example"),
        ("Redis.from_url(settings.CELERY_BROKER_URL)", ""),
        ("Limiter.from_url('https://db.example')", ""),
        ("Redis(host=settings.REDIS_HOST)", ""),
        ("Redis(connection_pool=pool)", ""),
        ("Redis(*address)", ""),
        ("Redis(**options)", ""),
    ],
)
def test_the_address_that_a_call_has_in_it(call: str, address: str) -> None:
    assert written_address(ast.parse(call, mode="eval").body) == address


def test_clients_for_the_runs_own_redis_pass() -> None:
    client = {"address": "redis://127.0.0.1:7000/1", "place": "status/tasks.py, line 18"}
    require_own_clients([client], "redis://127.0.0.1:7000")
