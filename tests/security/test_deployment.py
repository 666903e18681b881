"""The steps on a server: what Django's own list for a deployment asks of them."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.security.attacks import Attack
from tests.security.barrage import answer_to
from tests.security.conftest import IN_PUBLIC
from tests.security.known_library_errors import ALLOWED
from tests.support.commands import run_command
from tests.support.examples import example_project
from tests.support.production import patched_project
from tests.support.snapshots import SnapshotRun, csrf
from workbook.projects.steps import all_steps
from workbook.runtime.child_environment import environment_for

# What cannot be had without a domain and its certificate, so it is not in the steps.
NEEDS_TLS = {
    "security.W004": "SECURE_HSTS_SECONDS",
    "security.W008": "SECURE_SSL_REDIRECT",
    "security.W012": "SESSION_COOKIE_SECURE",
    "security.W016": "CSRF_COOKIE_SECURE",
}
CHECK = (sys.executable, "manage.py", "check", "--deploy", "--fail-level", "ERROR")
ON_A_LAPTOP = "django-insecure-for-a-laptop-only"
# Asked in the project's shell. Its database has no tables, so that looking for a session fails.
FAIL = """
from django.test import Client
visitor = Client(raise_request_exception=False)
visitor.cookies['sessionid'] = 'a' * 32
path = '/check-status/00000000-0000-4000-8000-000000000000/'
headers = {'Host': 'localhost', 'X-Forwarded-Proto': 'https'}
print('answered', visitor.get(path, headers=headers).status_code)
"""


def said_by(project: Path, *command: str, **variables: str) -> tuple[int, str]:
    """Run a command in a project with these variables alone; return exit code and words."""
    environment = environment_for("redis://127.0.0.1:1")
    for name in (*IN_PUBLIC, "STATUS_INTERVAL"):
        environment.pop(name, None)
    done = run_command(command, project, environment | variables, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def warnings(said: str) -> set[str]:
    """Return the names of the warnings that Django gave."""
    return set(re.findall(r"\((\w+\.[WE]\d+)\)", said))


@pytest.fixture
def on_a_server(tmp_path: Path) -> Path:
    """The lesson robust, with a .env of its own: python-decouple looks in the folders above too."""
    patched_project(tmp_path / "project", "robust")
    (tmp_path / "project" / ".env").touch()
    return tmp_path / "project"


@pytest.mark.parametrize("step", [*(step.label for step in all_steps()), "robust"])
def test_djangos_deployment_check_asks_for_nothing_but_tls(step: str, tmp_path: Path) -> None:
    patched_project(tmp_path / "project", step)
    code, said = said_by(tmp_path / "project", *CHECK, **IN_PUBLIC)
    assert code == 0, said
    assert warnings(said) == set(NEEDS_TLS), said


@pytest.mark.parametrize("key", ["", ON_A_LAPTOP], ids=["an empty key", "the laptop's key"])
def test_a_key_that_is_none_is_called_insecure(on_a_server: Path, key: str) -> None:
    _, said = said_by(on_a_server, *CHECK, **IN_PUBLIC | {"SECRET_KEY": key})
    assert "security.W009" in warnings(said)


@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "manage.py", "runserver", "--noreload", "127.0.0.1:1"),
        (sys.executable, "-m", "celery", "-A", "config", "worker", "-P", "solo"),
        (sys.executable, "-m", "celery", "-A", "config", "beat"),
    ],
    ids=["web", "worker", "beat"],
)
def test_nothing_starts_without_a_key(on_a_server: Path, command: tuple[str, ...]) -> None:
    without_key = {name: value for name, value in IN_PUBLIC.items() if name != "SECRET_KEY"}
    code, said = said_by(on_a_server, *command, **without_key)
    assert code != 0
    assert "SECRET_KEY not found. Declare it as envvar" in said


def test_headers_and_cookies_in_public(in_public: SnapshotRun) -> None:
    with in_public.visitor() as visitor:
        first = visitor.get("/")
        answer = visitor.post("/check-status/", data=csrf(visitor))
        page = visitor.get("/admin/login/")
    for headers in (answer.headers, page.headers):
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    # A visitor is known from the first page on.
    [session] = [one for one in first.headers.get_list("Set-Cookie") if "sessionid" in one]
    token = page.headers["Set-Cookie"]
    assert session.startswith("sessionid=")
    assert {"HttpOnly", "SameSite=Lax"} <= set(session.split("; "))
    assert token.startswith("csrftoken=")
    assert "SameSite=Lax" in token.split("; ")


def test_error_in_public_is_logged(tmp_path: Path) -> None:
    shell = ("python", "manage.py", "shell", "--no-imports", "--command", FAIL)
    said = {}
    for examples in ((), ("production",)):
        project = example_project(tmp_path / str(len(examples)), *examples, **IN_PUBLIC)
        (project.folder / ".env").touch()
        said[examples] = project.command(*shell)
        assert said[examples].stdout == "answered 500\n", said[examples].stderr
    # Why the page shows them: without, there is not a word.
    assert "no such table" not in said[()].stderr
    assert "OperationalError: no such table: django_session" in said["production",].stderr


def test_in_public_an_error_page_tells_nothing_about_the_project(in_public: SnapshotRun) -> None:
    with in_public.visitor() as visitor:
        answers = [
            (404, visitor.get("/nowhere/")),
            (400, visitor.get("/", headers={"Host": "elsewhere.example"})),
            (403, visitor.post("/check-status/")),
        ]
    failing = ALLOWED["Django 5.2: a form in parts in a charset that is no text"].example
    page = asyncio.run(answer_to(in_public.port, Attack(0, 0, "a 500", failing, in_socket=False)))
    assert page.startswith(b"HTTP/1.1 500 ")
    told = re.compile("Traceback|urlpatterns|config\\.urls|site-packages|seeing this error because")
    for status, answer in answers:
        assert answer.status_code == status
        assert not told.search(answer.text)
    assert not told.search(page.decode())


def test_the_admin_lets_nobody_in_without_a_login(in_public: SnapshotRun) -> None:
    paths = [
        "",
        "auth/user/",
        "django_celery_results/taskresult/",
        "django_celery_beat/periodictask/add/",
    ]
    with in_public.visitor() as visitor:
        for path in paths:
            assert visitor.get(f"/admin/{path}").url.path == "/admin/login/"
