"""A `.env` that a worker could not run with is seen, and one for another Redis is no mistake."""

import pytest

from checks.harness.env_file import EnvFile, problem_of, require_usable
from checks.reporting.formatting import as_text
from checks.verdicts import NotYet
from tests.support.edited_projects import Edit, checks_on, edited_copy

DEFAULT = "redis://localhost:6379"
SECRET = "very-secret"
NAME = "CELERY_BROKER_REDIS_URL"


def said_of(text: str, **settings: object) -> str:
    """Return the text of the ✗ about an `.env` and the settings that come of it."""
    with pytest.raises(NotYet) as not_yet:
        require_usable({"broker_url": DEFAULT} | settings, EnvFile(text))
    return " ".join(as_text(".env", not_yet.value).split())


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("“redis://localhost:6379”", "the quotation mark “"),
        ("„redis://localhost:6379“", "the quotation mark „"),
        ("‘redis://localhost:6379’", "the quotation mark ‘"),
        ('"redis://localhost:6379', 'the quotation mark "'),
        ("redis://localhost:6379'", "the quotation mark '"),
        ("redis://localhost:6379 # on this machine", "even a comment"),
        ("redis://localhost:6379/0 # on this machine", "even a comment"),
        ("redis://local host:6379", "a space"),
        ("redis://localhost:6379\u200b", "invisible character"),
        ("localhost:6379", "no redis:// in front"),
        ("redis//localhost:6379", "no redis:// in front"),
        ("redis:/localhost:6379", "no redis:// in front"),
        ("reddis://localhost:6379", "begins with reddis://, and there is no such transport"),
        ("http://localhost:6379", "begins with http://"),
        ("unix:///run/redis.sock", "begins with unix://"),
        ("redis://localhost:6379STATUS_INTERVAL=2", "begins on a line of its own"),
        ("redis://localhost:port", "cannot be used"),
        ("redis://localhost:63790000", "no port"),
        ("redis://localhost:6379/first", "no number of a database"),
        ("memory://", "a queue of its own"),
        ("", "is empty"),
    ],
)
def test_an_address_that_no_worker_can_use_is_told(address: str, words: str) -> None:
    text = said_of(f"DEBUG=True\n{NAME}={address}\n", broker_url=address)
    assert f"CELERY_BROKER_URL {words}" in text or words in text
    assert ".env, line 2" in text
    assert "01, Create .env" in text


@pytest.mark.parametrize(
    "address",
    [
        DEFAULT,
        "redis://127.0.0.1:6380/3",
        "redis://",
        "redis://redis",
        f"redis://:{SECRET}@db.example:6379/0",
        "redis://me:it's%20secret@db.example:6379",
        "rediss://db.example:6379?ssl_cert_reqs=required",
        "redis://[::1]:6379",
        "redis+socket:///run/redis.sock",
        "sentinel://one.example:26379",
        "amqp://guest@localhost//",
        "queues.transport:Transport://localhost",
    ],
)
def test_another_broker_is_no_mistake(address: str) -> None:
    assert not problem_of(address)
    require_usable({"broker_url": address}, EnvFile(f"{NAME}={address}\n"))


@pytest.mark.parametrize("address", ["sentinel://a:1;sentinel://b:2", [DEFAULT, "redis://other"]])
def test_several_brokers_are_no_mistake(address: object) -> None:
    require_usable({"broker_url": address}, EnvFile(f"{NAME}={address}\n"))


@pytest.mark.parametrize(
    "line",
    [
        f"export {NAME}=redis://db.example:6379",
        f"\ufeff{NAME}=redis://db.example:6379",
        f"{NAME}: redis://db.example:6379",
        "CELERY_BROKER_URL=redis://db.example:6379",
        "CELERY_REDIS_BROKER_URL=redis://db.example:6379",
        "celery_broker_redis_url=redis://db.example:6379",
        "CELERY_BROKER_REDIS_ULR='redis://db.example:6379'",
        "CELERY-BROKER-REDIS-URL=redis://db.example:6379",
    ],
)
def test_a_name_that_nothing_reads_is_told(line: str) -> None:
    text = said_of(f"# mine\n{line}\n")
    assert "does not follow the line that begins with" in text
    assert ".env, line 2" in text
    assert "db.example" not in text


@pytest.mark.parametrize(
    ("text", "broker"),
    [
        ("", DEFAULT),
        ("DEBUG=True\nSECRET_KEY=“odd”\n", DEFAULT),
        (f"# {NAME}=redis://db.example:6379\n", DEFAULT),
        (f"export {NAME}={DEFAULT}\n", DEFAULT),  # nothing reads it, and it is the default
        ("CELERY_BROKER_URL=redis://db.example\n", "redis://db.example"),  # a project reads that
        ("REDIS_CACHE_URL=redis://db.example:6379\n", DEFAULT),
        (
            f"{NAME} = 'redis://db.example'\nCELERY_BROKER_URL=redis://x:6379\n",
            "redis://db.example",
        ),
    ],
)
def test_a_name_that_does_no_harm_is_no_mistake(text: str, broker: str) -> None:
    require_usable({"broker_url": broker}, EnvFile(text))


def test_what_follows_the_broker_is_judged_as_well() -> None:
    layer = {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer"}
    cache = {"BACKEND": "django.core.cache.backends.redis.RedisCache"}
    layers = {"default": layer | {"CONFIG": {"hosts": ["sentinel://a:1"]}}}
    assert "CHANNEL_LAYERS['default'] begins with sentinel://" in said_of("", channel_layers=layers)
    caches = {"default": cache | {"LOCATION": "localhost:6379"}}
    assert "CACHES['default'] has no redis://" in said_of("", caches=caches)
    require_usable(
        {
            "broker_url": DEFAULT,
            "channel_layers": {"default": layer | {"CONFIG": {"hosts": [["localhost", 6379]]}}},
            "caches": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        },
        EnvFile(""),
    )


@pytest.mark.parametrize("interval", [0, -1])
def test_an_interval_that_is_none_is_told(interval: int) -> None:
    text = said_of(f"STATUS_INTERVAL={interval}\n", status_interval=interval)
    assert f"STATUS_INTERVAL is {interval}" in text
    assert "05, Set the interval" in text


@pytest.mark.parametrize("address", [f"“redis://:{SECRET}@db”", f"redis://:{SECRET}#x@db:6379"])
def test_no_password_is_shown(address: str) -> None:
    assert SECRET not in said_of(f"{NAME}={address}\n", broker_url=address)


def test_settings_that_do_not_load_with_it_are_told(tmp_path) -> None:
    settings = "config/settings.py"
    text = Edit(".env", "", "STATUS_INTERVAL=5 s\n")
    said = checks_on(5, edited_copy(5, [text], tmp_path), only="test_django_loads_your_project")
    assert "could not convert string to float: '5 s'" in said.text
    assert "open .env, line 1" in said.flat
    assert settings in said.text


def test_a_right_one_for_another_redis_changes_nothing(tmp_path) -> None:
    address = f"redis://:{SECRET}@db.example:6379/2"  # nobody is there
    edit = Edit(".env", "", f"{NAME}={address}\nSTATUS_INTERVAL=7\n")
    said = checks_on(5, edited_copy(5, [edit], tmp_path), only="test_django_loads_your_project")
    assert said.code == 0, said.text
