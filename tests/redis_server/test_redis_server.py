"""Which Redis is chosen, what is said about it, and what the embedded one carries."""

import asyncio
import os
import shutil
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
import redis
from channels_redis.pubsub import RedisPubSubChannelLayer
from kombu import Connection, Queue

from tests.support.commands import make_program
from tests.support.skip_markers import REDIS_SERVER
from tests.support.tool_process import tool_run
from workbook.errors import WorkbookError
from workbook.redis_server import server as redis_server
from workbook.redis_server.selection import VARIABLE, chosen_redis
from workbook.redis_server.server import RedisServer, private_redis
from workbook.runtime.ports import free_port
from workbook.runtime.process_tree import is_alive

KINDS = [pytest.param("server", marks=REDIS_SERVER), "embedded"]


@pytest.fixture(autouse=True)
def no_address_in_the_environment(monkeypatch):
    """Whoever runs the tests may have named a Redis."""
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture(params=KINDS)
def server(request):
    """Return a private Redis, once of each kind."""
    with private_redis(request.param) as started:
        yield started


@pytest.fixture(scope="module")
def embedded():
    """Return an embedded Redis."""
    with private_redis("embedded") as started:
        yield started


def name_in_env_file(folder, url: str) -> None:
    """Write a `.env` that names `url`."""
    (folder / ".env").write_text(f"# mine\n{VARIABLE} = '{url}'\n", encoding="utf-8")


def test_the_environment_wins_over_the_env_file(tmp_path, monkeypatch, server):
    name_in_env_file(tmp_path, "redis://elsewhere.invalid:1")
    monkeypatch.setenv(VARIABLE, server.url)
    with chosen_redis("auto", tmp_path) as chosen:
        assert (chosen.url, chosen.processes()) == (server.url, [])
        assert chosen.sentence == (
            f"Redis: the one at {server.url} ({VARIABLE} in the environment)."
        )


def test_a_redis_is_started_where_the_env_file_expects_one_on_this_machine(tmp_path):
    port = free_port()
    name_in_env_file(tmp_path, f"redis://me:secret@localhost:{port}/2")
    with chosen_redis("auto", tmp_path) as chosen:
        chosen.wait()
        assert chosen.url == f"redis://localhost:{port}/2"
        assert redis.Redis.from_url(chosen.url).ping()
        assert "started because nothing listened" in chosen.sentence
        assert "secret" not in chosen.sentence
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_redis_is_started_where_the_option_expects_one_on_this_machine():
    url = f"redis://localhost:{free_port()}/2"
    with chosen_redis(url, None) as chosen:
        chosen.wait()
        assert chosen.url == url
        assert redis.Redis.from_url(chosen.url).ping()
        assert f"started because nothing listened at {url} (--redis)" in chosen.sentence


def test_a_redis_that_is_started_for_an_ipv6_address_is_named_where_it_listens(tmp_path):
    port = free_port()
    name_in_env_file(tmp_path, f"redis://:secret@[::1]:{port}/2")
    with chosen_redis("auto", tmp_path) as chosen:
        chosen.wait()
        assert chosen.url == f"redis://127.0.0.1:{port}/2"
        assert redis.Redis.from_url(chosen.url).ping()


@REDIS_SERVER
def test_without_an_address_a_private_server_is_used(tmp_path):
    with chosen_redis("auto", tmp_path) as chosen:
        assert "redis-server at redis://127.0.0.1:" in chosen.sentence
        assert "private to this run" in chosen.sentence


def test_without_a_server_on_the_path_the_embedded_one_is_used(tmp_path, monkeypatch):
    monkeypatch.setattr(redis_server, "find_server", lambda: None)
    with chosen_redis("auto", tmp_path) as chosen:
        chosen.wait()
        assert "the embedded Redis at redis://127.0.0.1:" in chosen.sentence
        assert redis.Redis.from_url(chosen.url).ping()


@pytest.fixture
def install_server(tmp_path, monkeypatch):
    """Return a function that puts a server which says its `version` on a PATH without others."""

    def install(version: str, name: str = "redis-server") -> None:
        script = tmp_path / "bin" / name
        script.parent.mkdir(exist_ok=True)
        said = f"Redis server {version} sha=00000000:0 malloc=jemalloc-5.2.1 bits=64"
        make_program(script, f"echo '{said}'")
        monkeypatch.setenv("PATH", str(script.parent))

    return install


def test_a_server_too_old_for_celery_is_passed_over_and_told(tmp_path, install_server):
    install_server("v=6.0.16")
    with chosen_redis("auto", tmp_path) as chosen:
        chosen.wait()
        assert chosen.sentence == (
            f"Redis: the embedded Redis at {chosen.url}, private to this run. "
            "redis-server 6.0.16 on the PATH is too old: Celery needs 6.2."
        )


def test_asking_for_a_server_too_old_for_celery_is_refused(install_server):
    install_server("v=6.0.16")
    with pytest.raises(WorkbookError) as told, chosen_redis("server", None):
        pass
    assert str(told.value) == (
        "redis-server 6.0.16 on the PATH is too old: Celery needs 6.2. Install a newer one, "
        "or use the embedded Redis: --redis embedded"
    )


@pytest.mark.parametrize("version", ["v=6.2.0", "v=10.0.1", "v=next", "7"])
def test_a_server_that_is_new_enough_or_says_no_version_is_taken(install_server, version):
    install_server(version)
    assert RedisServer("auto").label == "redis-server"


def test_a_newer_valkey_is_taken_beside_a_redis_that_is_too_old(install_server):
    install_server("v=6.0.16")
    install_server("v=8.0.1", "valkey-server")
    assert RedisServer("server").label == "valkey-server"


def test_asking_for_a_server_where_there_is_none_names_the_way_out(monkeypatch):
    monkeypatch.setattr(redis_server, "find_server", lambda: None)
    with pytest.raises(WorkbookError, match="--redis embedded"), chosen_redis("server", None):
        pass


@pytest.mark.parametrize("option", ["memcached", "http://localhost", "servre", ""])
def test_what_is_no_address_is_told(option):
    with pytest.raises(WorkbookError, match="Expected auto, server, embedded"):
        chosen_redis(option, None).__enter__()


def test_it_listens_on_this_machine_alone_and_comes_back_on_its_port(server):
    url = server.url
    client = redis.Redis.from_url(url, socket_timeout=0.3, retry=None)
    client.set("name", "value")
    server.pause()
    with pytest.raises(redis.TimeoutError):
        client.ping()
    server.resume()
    assert client.get("name") == b"value"
    server.stop()
    with pytest.raises(redis.ConnectionError):
        client.ping()
    server.start()
    assert server.url == url
    assert client.get("name") is None


@pytest.mark.parametrize("kind", KINDS)
def test_where_another_takes_its_ports_at_the_last_moment_it_starts_on_a_third(monkeypatch, kind):
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = stranger.getsockname()[1]
        ports = [taken, taken, free_port()]
        monkeypatch.setattr(redis_server, "free_port", iter(ports).__next__)
        with private_redis(kind) as server:
            assert server.port == ports[2]
            assert redis.Redis.from_url(server.url).ping()


@REDIS_SERVER
@pytest.mark.parametrize("is_given", [False, True], ids=["chosen port", "given port"])
def test_a_server_starts_where_setpriv_lacks_the_option(tmp_path, monkeypatch, is_given):
    """As BusyBox's does, which Alpine has."""
    refuses = "echo 'setpriv: unrecognized option: pdeathsig' >&2\nexit 1"
    make_program(tmp_path / "setpriv", refuses)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    port = free_port() if is_given else None
    with private_redis("server", port) as server:
        assert redis.Redis.from_url(server.url).ping()
        assert port in (None, server.port)


@REDIS_SERVER
def test_a_server_behind_a_wrapper_is_paused_and_ends_with_it(tmp_path, monkeypatch):
    """As the shims of package managers are, which start a program and wait for it."""
    make_program(tmp_path / "redis-server", f'{shutil.which("redis-server")} "$@"\nexit $?')
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(redis_server, "START_SECONDS", 10)
    with private_redis("server") as server:
        client = redis.Redis.from_url(server.url, socket_timeout=0.3, retry=None)
        started = server.processes()
        assert len(started) == 2
        server.pause()
        with pytest.raises(redis.TimeoutError):
            client.ping()
        server.resume()
        assert client.ping()
    assert not any(map(is_alive, started))


@pytest.mark.long
def test_a_redis_that_starts_slowly_is_waited_for():
    """On a slow and busy machine a Python alone takes that long until its first line."""
    server = RedisServer("embedded")
    server.launch()
    server.pause()
    threading.Timer(12, server.resume).start()
    try:
        server.wait()
        assert redis.Redis.from_url(server.url).ping()
    finally:
        server.stop()


def test_another_script_is_refused_in_words(embedded):
    with pytest.raises(redis.ResponseError, match="install redis-server"):
        redis.Redis.from_url(embedded.url).eval("return 1", 0)


def test_forty_clients_at_once_get_what_is_theirs(embedded):
    def converse(number: int) -> int:
        client = redis.Redis.from_url(embedded.url)
        listener = client.pubsub()
        listener.subscribe("all")
        barrier.wait(20)
        for count in range(25):
            client.set(f"key {number}", "x" * 5000)
            assert client.get(f"key {number}") == b"x" * 5000
            client.lpush(f"list {number}", count)
            assert client.brpop(f"list {number}", timeout=5)[1] == str(count).encode()
            with client.pipeline() as pipe:
                pipe.incr("sum").expire("sum", 60).execute()
            client.publish("all", number)
        heard = 0
        while heard < 40 * 25:
            message = listener.get_message(timeout=10)
            assert message
            heard += message["type"] == "message"
        return heard

    barrier = threading.Barrier(40)
    with ThreadPoolExecutor(40) as pool:
        assert set(pool.map(converse, range(40))) == {1000}
    assert redis.Redis.from_url(embedded.url).get("sum") == b"1000"


def test_a_client_that_left_takes_no_message_along(embedded):
    with socket.create_connection(("127.0.0.1", embedded.port)) as client:
        client.sendall(b"*3\r\n$5\r\nBRPOP\r\n$4\r\nleft\r\n$1\r\n0\r\n")
    client = redis.Redis.from_url(embedded.url)
    client.ping()
    client.lpush("left", "message")
    assert client.rpop("left") == b"message"


def test_a_celery_queue_and_a_large_message_cross_the_embedded_redis(embedded):
    with Connection(embedded.url) as connection:
        queue = connection.SimpleQueue(Queue("large", routing_key="large"))
        queue.put("x" * 3_000_000)
        message = queue.get(timeout=10)
        assert len(message.payload) == 3_000_000
        message.ack()
        queue.close()


def test_two_hundred_visitors_one_after_the_other_hear_the_group(embedded):
    async def visit() -> None:
        layer = RedisPubSubChannelLayer(hosts=[embedded.url])
        for number in range(200):
            channel = await layer.new_channel()
            await layer.group_add("status", channel)
            await asyncio.sleep(0.005)
            await layer.group_send("status", {"type": "status", "number": number})
            got = await asyncio.wait_for(layer.receive(channel), 5)
            assert got["number"] == number
            await layer.group_discard("status", channel)
        await layer.flush()

    asyncio.run(visit())


def test_the_redis_verb_serves_until_ctrl_c_and_points_to_one_that_is_there(small):
    port = str(free_port())
    with tool_run(small, "redis", "--port", port) as run:
        run.wait_for(f"listens at redis://localhost:{port}")
        assert redis.Redis(port=int(port)).ping()
        said = small.does("redis", "--port", port)
        assert f"A Redis is there already: use redis://localhost:{port}" in said
        assert run.signal_and_wait(signal.SIGINT) == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(port))) != 0


@REDIS_SERVER
def test_the_redis_verb_names_the_whole_command_where_its_server_ended(small):
    port = str(free_port())
    with tool_run(small, "redis", "--port", port) as run:
        run.wait_for("Ctrl-C ends it")
        for process in psutil.Process(run.process.pid).children(recursive=True):
            process.kill()
        assert run.ends() == 1
        run.wait_for(f"ended by itself. Start it again: python3 workbook redis --port {port}", 2)


@REDIS_SERVER
def test_the_redis_verb_says_why_one_that_is_there_cannot_be_used(small):
    with private_redis("server") as server:
        redis.Redis.from_url(server.url).config_set("requirepass", "another")
        done = small.call("redis", "--port", str(server.port))
    assert done.returncode == 1
    assert "A Redis is there already" not in done.stdout
    assert "cannot be used: it wants a password" in done.stderr
    assert f"redis --port {server.port + 1}" in done.stderr


def test_the_redis_verb_tells_who_else_holds_its_port(small):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "is taken by" in small.refuses("redis", "--port", str(taken.getsockname()[1]))
