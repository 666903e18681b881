"""An address that a check shows holds no part of a password, whoever wrote it and however."""

import pytest

from checks.harness.preflight import require_own_addresses, require_own_commands
from checks.reporting.formatting import as_text, plain
from checks.verdicts import NotYet

OURS = "redis://127.0.0.1:7000"
SECRET = "Secret1"


def settings(broker: object) -> dict:
    return {
        "broker_url": broker,
        "broker_write_url": broker,
        "celery_variables": [],
        "channel_layers": {},
        "caches": {},
        "databases": {},
    }


@pytest.mark.parametrize(
    "address",
    [
        "redis://:Secret1#x@127.0.0.1:7000",
        "redis://:Secret1/w@127.0.0.1:7000",
        "redis://:Secret1 x@127.0.0.1:7000",
        "redis://:Secret1'x@127.0.0.1:7001",
        "redis://127.0.0.1:7001?password=Secret1",
        "sentinel://:Secret1@127.0.0.1:7000",
        "amqp://guest:Secret1@127.0.0.1:7000",
    ],
)
def test_an_address_of_the_settings_is_masked(address: str) -> None:
    with pytest.raises(NotYet) as caught:
        require_own_addresses(settings(address), OURS)
    assert SECRET not in caught.value.seen
    assert SECRET not in as_text("-", caught.value)


def test_an_address_of_the_procfile_is_masked() -> None:
    command = "celery -A config -b redis://:Secret1#x@127.0.0.1:7000 worker"
    with pytest.raises(NotYet) as caught:
        require_own_commands({"worker": command}, OURS)
    assert SECRET not in caught.value.seen


@pytest.mark.parametrize(
    "address",
    ["redis://127.0.0.1:7000", "redis://localhost:7000/0", "valkey://127.0.0.1:7000/1"],
)
def test_an_address_at_our_port_passes(address: str) -> None:
    require_own_addresses(settings(address), OURS)


def test_what_a_library_quotes_of_an_address_is_masked() -> None:
    said = "ValueError: Port could not be cast to integer value as 'Secret1'"
    assert plain(said) == "ValueError: Port could not be cast to integer value as …"


def test_a_variable_that_wins_over_the_settings_is_named() -> None:
    variables = {"celery_variables": ["CELERY_BROKER_REDIS_URL", "CELERY_BROKER_URL"]}
    with pytest.raises(NotYet) as caught:
        require_own_addresses(settings("redis://localhost:6379") | variables, OURS)
    look_at = "the environment: its CELERY_BROKER_URL wins over config/settings.py"
    assert caught.value.look_at == look_at
