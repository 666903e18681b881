"""Settings that keep this machine's browser from every page are named, before anything starts."""

from pathlib import Path

import pytest

from checks.harness.preflight import require_reachable, require_remote_control
from checks.verdicts import NotYet
from tests.support.edited_projects import Appending, Mistake, checks_on, edited_copy, reported_first
from tests.support.plain_settings import SETTINGS

FINE = {"host": "127.0.0.1", "allowed_hosts": [], "redirects_away": [], "force_script_name": ""}


@pytest.mark.parametrize(
    ("facts", "setting"),
    [
        ({"host": "", "allowed_hosts": ["workbook.example"]}, "ALLOWED_HOSTS"),
        ({"host": "", "allowed_hosts": []}, "ALLOWED_HOSTS"),
        ({"redirects_away": ["SECURE_SSL_REDIRECT"]}, "SECURE_SSL_REDIRECT"),
        ({"redirects_away": ["PREPEND_WWW"]}, "PREPEND_WWW"),
        ({"force_script_name": "/app"}, "FORCE_SCRIPT_NAME"),
    ],
)
def test_the_setting_is_named(facts: dict[str, object], setting: str) -> None:
    with pytest.raises(NotYet) as not_yet:
        require_reachable(FINE | facts)
    assert not_yet.value.done == f"read {setting}"
    assert not_yet.value.look_at == f"config/settings.py, {setting}"


def test_a_worker_that_may_not_be_asked_is_told() -> None:
    require_remote_control({"remote_control": True})
    with pytest.raises(NotYet) as not_yet:
        require_remote_control({"remote_control": False})
    setting = "config/settings.py, CELERY_WORKER_ENABLE_REMOTE_CONTROL"
    assert not_yet.value.look_at == setting


def test_localhost_alone_will_do() -> None:
    require_reachable(FINE | {"host": "localhost", "allowed_hosts": ["localhost"]})


def mistake(name: str, check: str, *lines: str, words: tuple[str, ...]) -> Mistake:
    """Return a mistake of settings that are appended."""
    return Mistake(name, check, words, Appending(SETTINGS, "\n".join(lines) + "\n"))


START = "test_the_processes_start"
# Each is started under --all alone.
BREAKING = {
    1: [
        mistake("https", START, "SECURE_SSL_REDIRECT = True", words=("SECURE_SSL_REDIRECT",)),
        mistake(
            "control",
            START,
            "CELERY_WORKER_ENABLE_REMOTE_CONTROL = False",
            words=("it is off", "config/settings.py, CELERY_WORKER_ENABLE_REMOTE_CONTROL"),
        ),
        mistake("host", START, "ALLOWED_HOSTS = ['a.example']", words=("a.example", "status 400")),
        mistake(
            "clock",
            "test_beat_sends_what_is_scheduled",
            "USE_TZ = False",
            "TIME_ZONE = CELERY_TIMEZONE = 'Asia/Tokyo'",
            words=("config/settings.py, USE_TZ", "Asia/Tokyo"),
        ),
        mistake(
            "sessions",
            "test_the_admin_shows_results_and_schedules",
            "SESSION_ENGINE = 'django.contrib.sessions.backends.cache'",
            "CACHES = {'default': {'BACKEND': 'django.core.cache.backends.dummy.DummyCache'}}",
            words=("the login page again", "SESSION_ENGINE"),
        ),
    ],
    3: [
        mistake(
            "debug",
            "test_the_page_loads_htmx",
            "DEBUG, ALLOWED_HOSTS, SECRET_KEY = False, ['localhost'], 'a-key-of-its-own'",
            words=("status 404", "config/settings.py, DEBUG"),
        ),
    ],
    4: [
        mistake(
            "debug",
            "test_the_live_page_opens_the_websocket",
            "DEBUG, ALLOWED_HOSTS, SECRET_KEY = False, ['localhost'], 'a-key-of-its-own'",
            words=("none of its scripts is htmx's extension", "config/settings.py, DEBUG"),
        ),
    ],
    5: [mistake("www", START, "PREPEND_WWW = True", words=("PREPEND_WWW",))],
}


@pytest.mark.long
@pytest.mark.parametrize(
    ("step", "one"), [(step, one) for step, ones in BREAKING.items() for one in ones], ids=str
)
def test_it_is_reported_first(
    step: int, one: Mistake, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    reported_first(step, [one])(one, tmp_path, request)


@pytest.mark.long
def test_a_login_of_ones_own_cannot_be_told(tmp_path: Path) -> None:
    nobody = "class Nobody:\n    def authenticate(self, request, **values):\n        return None\n"
    line = "AUTHENTICATION_BACKENDS = ['config.backends.Nobody']"
    edits = (Appending("config/backends.py", nobody), Appending(SETTINGS, line))
    said = checks_on(1, edited_copy(1, edits, tmp_path))
    assert said.code == 2, said.text
    assert "AUTHENTICATION_BACKENDS is config.backends.Nobody" in said.flat
