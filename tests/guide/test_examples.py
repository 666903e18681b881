"""The files that the pages of "Going further" show: each works on the finished project."""

import re
import shlex
import tomllib
from configparser import ConfigParser
from pathlib import Path

import httpx
import pytest

from docs_ext.assets.examples import EXAMPLES
from tests.guide.captures import CAPTURES, SERVER_VARIABLES, file_of
from tests.support.edited_projects import Edit
from tests.support.examples import ExampleProject, example_project
from tests.support.guides import box, complaint
from workbook.paths import ROOT
from workbook.projects.procfile import commands
from workbook.projects.steps import all_steps

SERVERS = EXAMPLES / "servers" / "etc"
TASKS = "status/tasks.py"
# What the page on several machines says of Sentinel.
LOCK_AT_THE_MASTER = (
    Edit(TASKS, "from redis import Redis\n", "\nfrom .redis_master import redis\n"),
    Edit(TASKS, "redis = Redis.from_url(settings.CELERY_BROKER_URL)\n", ""),
)


def test_what_goes_to_the_end_of_a_file_says_so():
    shown = box("production/config/settings.py", "example")
    assert shown.title == "config/settings.py at the end"
    assert "SECURE_SSL_REDIRECT = True" in shown.code
    assert shown.language == "python"


def test_a_new_file_and_one_of_the_server_say_so():
    assert box("sse/status/sse.py", "example").title == "status/sse.py new file"
    unit = box("servers/etc/systemd/system/status-web.service", "example")
    assert unit.title == "/etc/systemd/system/status-web.service new file"


def test_a_name_that_is_no_example_stops_the_build_and_names_those_there_are():
    told = complaint("production/config/nothing.py", "example")
    assert re.search(r"There are: .*production/config/settings\.py", told)


@pytest.mark.parametrize("name", CAPTURES)
def test_a_page_shows_what_the_command_prints(name: str):
    captured = file_of(name).read_text(encoding="utf-8")
    assert captured == CAPTURES[name].printed(), "run `python -m tests.guide.captures`"


def test_a_server_installs_what_the_pipfile_names_for_step_05():
    pipfile = tomllib.loads((ROOT / "Pipfile").read_text(encoding="utf-8"))["packages"]
    named = (EXAMPLES / "production/requirements.txt").read_text(encoding="utf-8").splitlines()
    # Its worker has threads. The last one is named for the lock alone: redis asks for it.
    wanted = {name: one for name, one in pipfile.items() if name not in ("gevent", "async-timeout")}
    assert sorted(named) == sorted(f"{name}{version}" for name, version in wanted.items())


def test_sqlite_keeps_a_log_and_takes_writers_one_by_one(tmp_path: Path):
    project = example_project(tmp_path / "project", "wal")
    asked = "connection.cursor().execute('PRAGMA journal_mode').fetchone()"
    said = project.says(
        f"from django.db import connection; print({asked}, connection.transaction_mode)"
    )
    assert said == "('wal',) IMMEDIATE"


def test_old_visits_are_forgotten_and_new_ones_kept(tmp_path: Path):
    project = example_project(tmp_path / "project", "production", DEBUG="True")
    assert project.command("python", "manage.py", "migrate").returncode == 0
    said = project.says(
        "from datetime import timedelta\n"
        "from uuid import uuid4\n"
        "from django.contrib.sessions.models import Session\n"
        "from django.utils import timezone\n"
        "from status.models import SentTask\n"
        "from status.tasks import forget_old_visits\n"
        "for days in (6, 8):\n"
        "    row = SentTask.objects.create(visitor=uuid4(), task_id=uuid4())\n"
        "    then = timezone.now() - timedelta(days=days)\n"
        "    SentTask.objects.filter(pk=row.pk).update(sent_at=then)\n"
        "for days in (1, -1):\n"
        "    end = timezone.now() + timedelta(days=days)\n"
        "    Session.objects.create(session_key=str(days), expire_date=end)\n"
        "forget_old_visits()\n"
        "ages = [(timezone.now() - one.sent_at).days for one in SentTask.objects.all()]\n"
        "print(ages, [one.session_key for one in Session.objects.all()])"
    )
    assert said == "[6] ['1']"


def test_results_are_kept_for_a_week(tmp_path: Path):
    project = example_project(tmp_path / "project", "production")
    assert project.says("from config import celery_app as c; print(c.conf.result_expires)") == (
        "604800"
    )


def test_behind_the_proxy_a_page_is_served_and_without_https_it_is_sent_there(tmp_path: Path):
    project = example_project(tmp_path / "project", "production", **SERVER_VARIABLES)
    with project.daphne() as url:
        page = httpx.get(f"{url}/live/", headers=from_the_proxy("https"))
        assert page.status_code == 200
        assert page.headers["Strict-Transport-Security"] == "max-age=3600"
        sent_on = httpx.get(f"{url}/live/", headers=from_the_proxy("http"))
        assert sent_on.headers["Location"] == "https://www.example.org/live/"


@pytest.mark.parametrize("serve", [ExampleProject.daphne, ExampleProject.runserver])
def test_an_error_of_a_view_is_logged_once_whichever_server_runs(tmp_path: Path, serve):
    project = example_project(tmp_path / "project", "production", **SERVER_VARIABLES)
    broken = "\nurlpatterns += [path('broken/', lambda request: 1 / 0)]\n"
    with (project.folder / "config/urls.py").open("a", encoding="utf-8") as urls:
        urls.write(broken)
    with serve(project) as url:
        assert httpx.get(f"{url}/broken/", headers=from_the_proxy("https")).status_code == 500
    assert project.log.read_text(encoding="utf-8").count("ZeroDivisionError:") == 1


def test_the_units_start_what_the_procfile_starts():
    for name, command in commands(all_steps()[-1].folder, 8000).items():
        started = unit(name)["ExecStart"].removeprefix("/srv/status/.venv/bin/")
        if name == "web":  # runserver is for a laptop
            assert shlex.split(started)[-1] == "config.asgi:application"
        else:
            assert started == command


def test_the_worker_has_time_to_end_a_whole_run():
    run_seconds = 4 * 5  # five statuses, five seconds between two
    assert int(unit("worker")["TimeoutStopSec"]) > 2 * run_seconds


def test_the_proxy_leads_to_daphne_and_serves_what_collectstatic_gathers():
    proxy = (SERVERS / "nginx/conf.d/status.conf").read_text(encoding="utf-8")
    port = shlex.split(unit("web")["ExecStart"])
    assert f"server 127.0.0.1:{port[port.index('--port') + 1]};" in proxy
    assert f"alias {unit('web')['WorkingDirectory']}/staticfiles/;" in proxy
    for header in ("Upgrade $http_upgrade", "Connection $connection_upgrade", "Host $host"):
        assert f"proxy_set_header {header};" in proxy


def test_a_slow_task_goes_to_a_queue_of_its_own(tmp_path: Path):
    project = example_project(tmp_path / "project", "queues")
    route = "c.amqp.router.route({{}}, '{}')['queue'].name"
    names = ("status.tasks.send_status", "status.tasks.send_status_periodically")
    asked = ", ".join(route.format(name) for name in names)
    assert project.says(f"from config import celery_app as c; print({asked})") == "slow celery"


def test_a_database_on_another_machine_is_taken_from_the_environment(tmp_path: Path):
    project = example_project(
        tmp_path / "project", "postgresql", DATABASE_HOST="db.internal", DATABASE_PASSWORD="secret"
    )
    # Without Django's set-up: a driver for PostgreSQL is not needed to read the settings.
    done = project.command(
        "python", "-c", "from config.settings import DATABASES as d; print(d['default']['HOST'])"
    )
    assert done.stdout.strip() == "db.internal", done.stderr


def test_broker_and_layer_ask_the_sentinels_and_the_cache_needs_none(tmp_path: Path):
    project = example_project(
        tmp_path / "project",
        "sentinel",
        SENTINELS="one:26379,two:26379",
        SENTINEL_MASTER="main",
        REDIS_PASSWORD="s@cret",
        DEBUG="True",
    )
    for edit in LOCK_AT_THE_MASTER:
        edit.apply(project.folder)
    said = project.says(
        "from config import celery_app as c\n"
        "from django.core.cache import cache\n"
        "connection = c.connection_for_write()\n"
        "print(connection.alt, connection.transport_options['master_name'])\n"
        "from django.conf import settings\n"
        "print(settings.CHANNEL_LAYERS['default']['CONFIG']['hosts'][0])\n"
        "print(type(cache._connections['default']).__name__)\n"
        "from status.tasks import redis\n"
        "pool = redis.connection_pool\n"
        "manager = pool.sentinel_manager\n"
        "asked = [one.connection_pool.connection_kwargs for one in manager.sentinels]\n"
        "places = [(one['host'], one['port']) for one in asked]\n"
        "print(pool.service_name, places, pool.connection_kwargs['password'])"
    )
    assert said.splitlines() == [
        "['sentinel://:s%40cret@one:26379', 'sentinel://:s%40cret@two:26379'] main",
        "{'sentinels': [('one', '26379'), ('two', '26379')], 'master_name': 'main', "
        "'password': 's@cret'}",
        "DatabaseCache",
        "main [('one', '26379'), ('two', '26379')] s@cret",
    ]


def from_the_proxy(scheme: str) -> dict[str, str]:
    """Return the headers that the proxy sets."""
    return {"Host": "www.example.org", "X-Forwarded-Proto": scheme}


def unit(name: str) -> dict[str, str]:
    """Return the section [Service] of a unit."""
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(SERVERS / f"systemd/system/status-{name}.service", encoding="utf-8")
    return dict(parser["Service"])
