"""A text that is shown holds no password: not in an address, and in no words of a library's."""

import time
from urllib.parse import urlsplit

import pytest

from workbook.passwords import shortened, without_passwords

SECRET = "Secret1"
ADDRESSES = [
    f"redis://:{SECRET}@db.example:6379/0",
    f"rediss://me:{SECRET}@db.example",
    f"redis://{SECRET}@db.example",
    f"unix://:{SECRET}@/run/redis.sock",
    f"sentinel://:{SECRET}@db.example:26379",
    f"amqp://guest:{SECRET}@db.example//",
    f"pyamqp://guest:{SECRET}@db.example//",
    f"redis+socket://:{SECRET}@/run/redis.sock",
    f"postgres://me:{SECRET}@db.example/site",
    f"db+postgresql://me:{SECRET}@db.example/site",
    f"postgis://me:{SECRET}@db.example/site",
    f"mysql://me:{SECRET}@db.example/site",
    f"mysql+pymysql://me:{SECRET}@db.example/site",
    f"mongodb+srv://me:{SECRET}@db.example/site",
    f"smtp://me:{SECRET}@mail.example",
    f"https://me:{SECRET}@packages.example/simple",
    f"redis://:pa/ss@{SECRET}@db.example",
    f"redis://:{SECRET}#x@db.example",
    f"redis://:{SECRET}'x@db.example",
    f"redis://db.example/0?password={SECRET}",
    f"rediss://db.example/0?ssl_password={SECRET}&ssl_cert_reqs=none",
]
QUOTED = [
    f"redis://:{SECRET} x@db.example",
    f"redis://:x {SECRET}@db.example",
    f"redis://:it's {SECRET}@db.example",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "ValueError: no such place: {}",
        "CELERY_BROKER_URL = config('X', default={!r})",
        "{{'address': {!r}}}",
        "“{}”: cannot be used",
        "X={}",
    ],
)
def test_an_address_is_shown_without_it(around: str, address: str) -> None:
    shown = without_passwords(around.format(address))
    assert SECRET not in shown
    assert "pa/ss" not in shown
    assert "example" in shown or "/run/redis.sock" in shown


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_is_cut_anywhere_is_shown_without_it(address: str) -> None:
    text = f"connects to {address} again"
    for characters in range(len(text)):
        shown = shortened(text, characters)
        assert SECRET[:3] not in shown
        assert len(shown) <= characters + 1


def test_a_short_text_is_not_cut() -> None:
    assert shortened("redis://localhost", 17) == "redis://localhost"
    assert shortened("redis://localhost", 16, " …") == "redis://localhos …"


@pytest.mark.parametrize("address", QUOTED)
def test_a_quoted_address_may_hold_spaces_and_quotes(address: str) -> None:
    shown = without_passwords(f"could not convert string to float: {address!r} in line 3")
    assert SECRET not in shown
    assert shown.endswith("in line 3")


@pytest.mark.parametrize(
    "text",
    [
        f"'PASSWORD': '{SECRET}', 'PORT': 5432",
        f'"password": "{SECRET}"',
        f"""{{'password': "it's {SECRET}", 'port': 1}}""",
        f"redis.Redis(host='x', password = '{SECRET}')",
        f'connect(passwd="{SECRET}")',
        f"DB_PASSWORD='{SECRET}'",
    ],
)
def test_a_password_beside_its_name_is_hidden(text: str) -> None:
    assert SECRET not in without_passwords(text)


@pytest.mark.parametrize(
    "address",
    [
        f"redis://:{SECRET}#x@db.example",
        f"redis://:{SECRET}'\"x#@db.example",
        f"redis://:{SECRET}\N{CARE OF}x@db.example",
        f"redis://:x[{SECRET}]@db.example",
    ],
)
def test_what_python_says_of_an_address_is_hidden(address: str) -> None:
    with pytest.raises(ValueError) as said:
        _ = urlsplit(address).port
    assert SECRET in str(said.value)
    assert SECRET not in without_passwords(f"ValueError: {said.value}")


@pytest.mark.parametrize(
    "text",
    [
        "redis://localhost:6379",
        "Expected redis://USER:PASSWORD@HOST:PORT/DATABASE, or redis://:PASSWORD@HOST",
        "the one at redis://me:***@db.example, and Celery's redis://:**@db.example",
        "'redis://localhost'\n@shared_task\n'x'",
        "Cannot connect to redis://127.0.0.1:6379//: Error 111",
        '<script src="https://unpkg.com/htmx.org@2.0.4/dist/htmx.js">',
        "https://github.example/@me/workbook",
        "ws://127.0.0.1:8000/ws/status, and write to me@example.com",
        '<input type="password" name="password" required>',
        "SELECT password FROM auth_user",
        "def log_in(name, password): ...",
        "could not convert string to float: '5s'",
    ],
)
def test_what_holds_none_stays_as_it_is(text: str) -> None:
    assert without_passwords(text) == text


@pytest.mark.parametrize(
    "text", ["a://" * 50_000, "a" * 200_000, "'a://" * 40_000, "password" * 25_000]
)
def test_a_long_line_costs_little(text: str) -> None:
    start = time.process_time()
    without_passwords(text)
    assert time.process_time() - start < 1
