"""A wrong address, and a Redis that refuses to write, are told in a sentence without a password."""

import contextlib
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.support.commands import in_background
from tests.support.skip_markers import REDIS_SERVER
from tests.support.tool_process import wait_until
from workbook.errors import WorkbookError
from workbook.redis_server.address import masked, read_address
from workbook.redis_server.selection import VARIABLE, chosen_redis
from workbook.redis_server.server import find_server, private_redis
from workbook.redis_server.usable import why_unusable
from workbook.runtime.ports import LOOPBACK, free_port

PASSWORDS = [
    *("Secret1#x", "p@ss/w0rd", "Secret1/x", "Secret1?x", "Secret1:x@y", "Secret1%x", "Secret1[x"),
    *("Secret1]x", "12#Secret1", "12/Secret1", "12?Secret1", "Secret1 x", "Secret1\tx", "Secrét1"),
]

READER = ["reader", "on", ">right", "~*", "&*", "+@read", "+info"]


def said(url: str) -> str:
    """Return what is said of an address that cannot be used."""
    with pytest.raises(WorkbookError) as told, chosen_redis(url, None):
        pass
    return str(told.value)


@pytest.mark.parametrize("password", PASSWORDS)
@pytest.mark.parametrize("user", ["", "me"])
def test_a_password_that_is_not_encoded_is_told_without_any_part_of_it(user, password) -> None:
    text = said(f"redis://{user}:{password}@127.0.0.1:7390/0")
    assert "must be percent-encoded" in text
    for part in ("Secr", "p@ss", "ss/w", "w0rd", "12"):
        assert part not in text


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("redis://me:Secret1@host:port", "The address redis://*** cannot be read"),
        ("redis://:Secret1@127.0.0.1:notaport", "The address redis://*** cannot be read"),
        ("redis://me:Secret1@cret@127.0.0.1:1", "The address redis://*** cannot be read"),
        ("redis://me:Secret1@host:99999", "99999 in redis://me:***@host:99999 is no port"),
        ("redis://me:Secret1@host/name", "What follows the host in redis://*** is no number"),
        ("unix:///tmp/Secret1.sock", "unix://*** names a socket file"),
        ("redis+socket://:Secret1@/tmp/redis.sock", "redis+socket://*** names a socket file"),
        ("amqp://me:Secret1@host", "It names no Redis"),
        ("redis:/me:Secret1@host", "It names no Redis"),
        ("redis://:Secret1@nowhere.invalid:1/0", "The Redis at redis://:***@nowhere.invalid:1/0 "),
        ("rediss://me:Secret1@nowhere.invalid", "The Redis at rediss://me:***@nowhere.invalid"),
        ("redis://nowhere.invalid?password=Secret1", "?password=*** cannot be used"),
        ("redis://nowhere.invalid/0?password=Secret1", "?password=*** cannot be used"),
    ],
)
def test_another_mistake_is_told_without_the_password(url, told) -> None:
    text = said(url)
    assert text.startswith("--redis: ")
    assert told in text
    assert "Secret1" not in text
    assert "Traceback" not in text


def test_an_address_in_the_env_file_is_told_with_its_place(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    (tmp_path / ".env").write_text(f"{VARIABLE}=redis://:Secret1#x@127.0.0.1\n", encoding="utf-8")
    with pytest.raises(WorkbookError) as told, chosen_redis("auto", tmp_path):
        pass
    assert str(tmp_path / ".env") in str(told.value)
    assert "percent-encoded" in str(told.value)
    assert "Secret1" not in str(told.value)


def test_the_parts_are_read_as_they_were_meant() -> None:
    address = read_address("rediss://me:p%40ss%2Fw%23@[::1]:7000/3?ssl_cert_reqs=none")
    assert (address.user, address.password) == ("me", "p@ss/w#")
    assert (address.host, address.port, address.database) == ("::1", 7000, 3)
    assert address.shown == "rediss://me:***@[::1]:7000/3?ssl_cert_reqs=none"
    assert read_address("redis://").host == "localhost"
    assert masked("redis://localhost:6379/1") == "redis://localhost:6379/1"
    assert masked("redis://Secret1@host/0") == "redis://***@host/0"
    assert masked("redis://:Secret1#x@host") == "redis://***"
    assert masked("rediss://host?ssl_password=Secret1&a=1") == "rediss://host?ssl_password=***&a=1"


# A Redis that answers PING, and still is of no use


@contextlib.contextmanager
def redis_with(folder: Path, *options: str) -> Iterator[redis.Redis]:
    """Run a real redis-server with options of its own inside the block."""
    port = free_port()
    command = [str(find_server()), "--port", str(port), "--bind", LOOPBACK, "--dir", str(folder)]
    # The second port of a cluster is the first plus 10,000, unless it is named: not ours to take.
    command += ["--cluster-port", str(free_port())]
    with in_background([*command, *options], stdout=subprocess.DEVNULL):
        wait_until(lambda: not socket.socket().connect_ex((LOOPBACK, port)), 10)
        with redis.Redis(host=LOOPBACK, port=port) as client:
            yield client


def url_of(client: redis.Redis, credentials: str = "") -> str:
    """Return a Redis' address."""
    return f"redis://{credentials}{LOOPBACK}:{client.connection_pool.connection_kwargs['port']}"


@REDIS_SERVER
@pytest.mark.parametrize(
    ("options", "credentials", "words"),
    [
        (["--replicaof", "127.0.0.1 1"], "", "it is a replica"),
        (["--cluster-enabled", "yes"], "", "cluster mode"),
        (["--maxmemory", "1kb", "--maxmemory-policy", "noeviction"], "", "its memory is full"),
        (["--requirepass", "right"], "", "it wants a password"),
        (["--requirepass", "right"], ":wrong-one@", "does not accept that name and password"),
        (["--user", *READER], "reader:right@", "may not do what"),
        (["--min-replicas-to-write", "1"], "", "without its replicas"),
    ],
    ids=lambda one: " ".join(one[:2]) if isinstance(one, list) else None,
)
def test_a_redis_that_refuses_to_be_written_to(tmp_path, options, credentials, words) -> None:
    with redis_with(tmp_path, *options) as client:
        text = said(url_of(client, credentials))
    assert words in text
    assert "wrong-one" not in text


@REDIS_SERVER
def test_a_cluster_that_takes_writes_cannot_be_used(tmp_path) -> None:
    with redis_with(tmp_path, "--cluster-enabled", "yes") as client:
        client.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16383)
        wait_until(lambda: client.cluster("info")["cluster_state"] == "ok", 10)
        assert client.set("a", "b")
        assert "cluster mode" in said(url_of(client))


@REDIS_SERVER
def test_a_redis_that_cannot_save(tmp_path) -> None:
    (tmp_path / "data").mkdir()
    with redis_with(tmp_path / "data", "--save", "3600 1") as client:
        client.set("a", "b")
        (tmp_path / "data").rmdir()
        with contextlib.suppress(redis.ResponseError):
            client.bgsave()
        wait_until(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err", 10)
        assert "could not save to its disk" in said(url_of(client))


def test_a_redis_too_old_for_celery(monkeypatch) -> None:
    def refuse(*_words, **_options) -> None:
        raise redis.ResponseError("syntax error")  # as 6.0 says to GT

    with private_redis("embedded") as server:
        monkeypatch.setattr(redis.Redis, "zadd", refuse)
        assert "it is too old: Celery needs Redis 6.2" in said(server.url)


def test_what_is_no_redis_or_never_answers_is_told() -> None:
    with socket.create_server((LOOPBACK, 0)) as silent:
        url = f"redis://{LOOPBACK}:{silent.getsockname()[1]}"
        assert "did not answer within" in said(url)
    assert "nothing answers there" in said("redis://nowhere.invalid")


@pytest.mark.parametrize("kind", [pytest.param("server", marks=REDIS_SERVER), "embedded"])
def test_a_redis_that_can_be_used_is_left_as_it_was(kind) -> None:
    with private_redis(kind) as server, redis.Redis.from_url(server.url) as client:
        client.set("mine", "kept")
        assert why_unusable(server.url) is None
        assert client.keys() == [b"mine"]
