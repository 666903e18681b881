"""A ✗ may be shown to others: it names no password of a broker."""

from collections.abc import Callable
from pathlib import Path

import pytest

from checks.clients import dom
from checks.clients.htmx import quoted
from checks.clients.http_client import Answer
from checks.common.statuses import status_in
from checks.harness.databases.project_databases import require_own
from checks.harness.preflight import require_own_addresses, require_own_commands
from checks.reporting.formatting import FIELD_CHARACTERS, as_text, plain_text
from checks.verdicts import CannotTell, NotYet
from tests.support.edited_projects import Edit, checks_on, edited_copy
from workbook.errors import WorkbookError

OURS = "redis://127.0.0.1:20000"
SECRET = "very-secret"
SETTINGS = {
    "broker_url": OURS,
    "broker_write_url": OURS,
    "celery_variables": [],
    "channel_layers": {},
    "caches": {},
    "databases": {},
}
ADDRESSES = [
    f"redis://:{SECRET}@db.example:6379/0",
    f"rediss://me:{SECRET}@db.example",
    f"redis://:with/slash@{SECRET}@db.example",
    f"redis://db.example:6379?password={SECRET}",
]
LAYER_HOSTS = [
    *ADDRESSES,
    {"address": ADDRESSES[0]},
    {"host": "db.example", "port": 6379, "password": SECRET},
    {"host": "db.example", "port": 6379, "password": f"it's {SECRET}"},
    {"address": f"redis://:with/slash {SECRET}@db.example"},
]
WITHOUT_A_SCHEME = f"me:{SECRET}@db.example:6379"


def said_of(**settings: object) -> str:
    """Return the text of the ✗ about settings that name an address of the learner's own."""
    with pytest.raises(NotYet) as not_yet:
        require_own_addresses(SETTINGS | settings, OURS)
    return as_text("An address", not_yet.value)


def require_no_password(text: str) -> None:
    assert SECRET not in text
    assert "slash" not in text


def require_host_alone(address: object, text: str) -> None:
    """Require the host without the password; where that has an @ or a slash, no part is sure."""
    assert "db.example" in text or "with/slash" in str(address)
    require_no_password(text)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_broker_and_a_cache_of_the_learners_own_are_shown_without_it(address: str) -> None:
    cache = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": address}
    for text in (said_of(broker_url=address), said_of(caches={"default": cache})):
        require_host_alone(address, text)


@pytest.mark.parametrize("host", LAYER_HOSTS, ids=str)
def test_a_layer_of_the_learners_own_is_shown_without_it(host: object) -> None:
    backend = "channels_redis.pubsub.RedisPubSubChannelLayer"
    layer = {"BACKEND": backend, "CONFIG": {"hosts": [host]}}
    text = said_of(channel_layers={"default": layer})
    require_host_alone(host, text)


@pytest.mark.parametrize("address", [*LAYER_HOSTS, WITHOUT_A_SCHEME], ids=str)
def test_what_is_seen_holds_none_whoever_shows_it(address: object) -> None:
    with pytest.raises(NotYet) as not_yet:
        layer = {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [address]}}
        require_own_addresses(SETTINGS | {"channel_layers": {"default": layer}}, OURS)
    require_no_password(not_yet.value.seen)


def test_a_database_is_shown_without_it() -> None:
    """Whoever takes the whole address for its name, or for its engine."""
    address = f"mysql://me:{SECRET}@db.example/site"
    for database in (
        {"engine": "django.db.backends.sqlite3", "name": f"../{address}"},
        {"engine": address, "name": "site"},
    ):
        with pytest.raises((NotYet, CannotTell)) as told:
            require_own({"default": database}, Path("/copy"), [])
        error = told.value
        text = as_text("-", error) if isinstance(error, NotYet) else plain_text(error.reason)
        require_no_password(text)
        assert "db.example" in text


def test_a_result_backend_is_shown_without_it() -> None:
    for scheme in ("redis", "mongodb", "db+mysql", "cache+memcached"):
        seen = f"{scheme}://me:{SECRET}@db.example"
        require_no_password(as_text("-", NotYet("read it", seen, "django-db", "", "")))


def test_an_address_that_is_cut_behind_the_password_is_shown_without_it() -> None:
    kept = f"at redis://:{SECRET}"
    text = f"{'x ' * FIELD_CHARACTERS}"[: FIELD_CHARACTERS - len(kept)] + f"{kept}@db.example"
    require_no_password(as_text("-", NotYet("done", text, "", "", "")))


def test_a_setting_that_is_cut_amid_the_password_is_shown_without_it() -> None:
    kept = f"'PASSWORD': '{SECRET[:-1]}"
    text = f"{'x ' * FIELD_CHARACTERS}"[: FIELD_CHARACTERS - len(kept)] + f"{kept}{SECRET[-1]}'}}"
    assert SECRET[:-1] not in as_text("-", NotYet("done", text, "", "", ""))


@pytest.mark.parametrize(
    ("show", "characters"),
    [
        (quoted, 120),
        (dom.shown, 120),
        (status_in, 40),
        (lambda text: Answer("", 500, f"<title>{text}</title>", 0).title, 200),
    ],
    ids=["words", "fragment", "status", "title"],
)
def test_what_a_page_says_is_cut_without_showing_it(
    show: Callable[[str], str], characters: int
) -> None:
    kept = f"no broker at redis://:{SECRET[:-1]}"
    text = f"{'x' * (characters - len(kept))}{kept}{SECRET[-1]}@db.example:6379/0"
    assert "redis://" in show(text)
    assert SECRET[:4] not in show(text)


def test_an_error_of_the_tool_holds_none() -> None:
    error = WorkbookError(f"It ended by itself. Its last lines:\n  mysql://me:{SECRET}@db.example")
    require_no_password(str(error))
    require_no_password(f"{error}")


def test_a_procfile_is_shown_without_it() -> None:
    with pytest.raises(NotYet) as not_yet:
        require_own_commands({"worker": f"celery -b {ADDRESSES[0]} -A config worker"}, OURS)
    require_no_password(as_text("The Procfile", not_yet.value))


def test_the_line_of_a_traceback_is_shown_without_it(tmp_path: Path) -> None:
    line = f"CELERY_BROKER_URL = 'redis://:{SECRET}@localhost' + nonsense\n"
    edit = Edit("config/settings.py", "# Database\n", f"{line}# Database\n")
    said = checks_on(1, edited_copy(1, (edit,), tmp_path)).text
    assert "nonsense" in said
    require_no_password(said)
