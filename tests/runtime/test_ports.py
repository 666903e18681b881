"""A port is reserved from the moment it is chosen, and whoever takes it in between is told of."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from checks.harness.instances import Instance
from checks.harness.readiness import MOVES, PortLost, await_page, await_page_somewhere
from checks.harness.server_process import Launched, Launcher, launch
from checks.verdicts import CannotTell, NotYet
from tests.support.tool_process import wait_until
from workbook.errors import WorkbookError
from workbook.paths import ROOT
from workbook.runtime import ports
from workbook.runtime.child_environment import environment_for
from workbook.runtime.ports import LOOPBACK, free_port
from workbook.runtime.process_output import AS_TEXT

DRAWN = 2_000
DRAWS = """
import sys
from workbook.runtime.ports import free_port
for _ in range(int(sys.argv[1])):
    print(free_port(), flush=True)
print("done", flush=True)
sys.stdin.readline()
"""


def drawer(count: int) -> subprocess.Popen[str]:
    """Start a process that draws ports and keeps them until it is ended."""
    command = [sys.executable, "-c", DRAWS, str(count)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(command, cwd=ROOT, **pipes, **AS_TEXT)


def ports_of(drawer: subprocess.Popen[str]) -> list[int]:
    """Return the ports that it has drawn, once it has them all."""
    return [int(line) for line in iter(drawer.stdout.readline, "done\n")]


def test_two_processes_that_draw_side_by_side_never_share_a_port() -> None:
    with drawer(DRAWN) as one, drawer(DRAWN) as other, ThreadPoolExecutor(2) as pool:
        drawn = [port for ports in pool.map(ports_of, (one, other)) for port in ports]
    assert len(drawn) == len(set(drawn)) == 2 * DRAWN


def test_threads_of_one_process_never_share_a_port() -> None:
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda _: free_port(), range(200)))
    assert len(set(drawn)) == len(drawn)


def test_the_ports_of_a_killed_process_are_free_for_the_next(monkeypatch) -> None:
    with drawer(1) as process:
        (port,) = ports_of(process)
        monkeypatch.setattr(ports, "CHOSEN_FROM", range(port, port + 1))
        with pytest.raises(WorkbookError, match="No port from"):
            free_port()
        process.kill()
    assert free_port() == port
    with pytest.raises(WorkbookError, match="End what listens there"):
        free_port()


def test_a_port_that_somebody_listens_on_is_passed_over(monkeypatch) -> None:
    with socket.create_server((LOOPBACK, 0)) as stranger:
        port = stranger.getsockname()[1]
        other = port + 1 if ports.can_bind(port + 1) else port - 1
        monkeypatch.setattr(ports, "CHOSEN_FROM", range(port, other + other - port, other - port))
        monkeypatch.setattr(ports.random, "randrange", lambda _: 0)
        assert free_port() == other


@pytest.fixture
def kept_port(monkeypatch) -> int:
    """Return a port that the system keeps, as Windows does for Hyper-V; the next is kept, too."""
    port = free_port()

    def refuse(probe: socket.socket, address: tuple[str, int]) -> None:
        if address[1] in (port, port + 1):
            raise PermissionError(13, "An attempt was made to access a socket in a forbidden way")
        socket_class.bind(probe, address)

    socket_class = socket.socket
    watched = type("Watched", (socket_class,), {"bind": refuse})
    monkeypatch.setattr(ports.socket, "socket", watched)
    return port


def test_a_port_that_the_system_keeps_is_told_with_another_that_is_free(
    kept_port, monkeypatch
) -> None:
    monkeypatch.setattr(ports, "SHOWN_BY", " (netsh lists it)")
    assert not ports.is_free(kept_port)
    with pytest.raises(WorkbookError) as told:
        ports.require_free(kept_port)
    text, _, other = str(told.value).rpartition(" ")
    assert text == (
        f"Port {kept_port} is kept by the system (netsh lists it). Choose another port: --port"
    )
    assert int(other) > kept_port + 1


def test_a_port_below_1024_that_is_refused_is_told_to_be_reserved(monkeypatch) -> None:
    monkeypatch.setattr(ports, "_refusal", lambda _port: PermissionError(13, "Permission denied"))
    with pytest.raises(WorkbookError, match=r"Port 1 is reserved .* Choose one from 1024 up"):
        ports.require_free(1)


def test_a_port_that_another_has_is_told_with_who_that_is() -> None:
    with socket.create_server((LOOPBACK, 0)) as stranger:
        port = stranger.getsockname()[1]
        with pytest.raises(WorkbookError, match=rf"Port {port} is taken by .*End what runs there"):
            ports.require_free(port)


def test_a_file_of_reservations_that_cannot_be_written_is_told(tmp_path, monkeypatch) -> None:
    target = tmp_path / "elsewhere"
    (tmp_path / "ports.lock").symlink_to(target)
    monkeypatch.setattr(ports, "reservations_path", lambda: tmp_path / "ports.lock")
    monkeypatch.setattr(ports, "_reservations", ports._Reservations())
    with pytest.raises(WorkbookError, match="which ports it uses"):
        free_port()
    assert not target.exists()


SERVER = """
import socket, sys, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(60)
"""


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[..., Launched]]:
    """Return what starts a web process of a project's that is to listen on a port."""
    processes = []

    def start(port: int, code: str = SERVER) -> Launched:
        (tmp_path / "serves.py").write_text(code, encoding="utf-8")
        command = f'"{sys.executable}" serves.py {port}'
        environment = environment_for("redis://none", port, "a-run")
        processes.append(launch("web", command, tmp_path, environment, tmp_path / "web.log"))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()


GIVES_UP = """
import sys, time
print("Exception in thread django-main-thread: Error: That port is already in use.", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("code", [SERVER, GIVES_UP], ids=["ends", "gives up"])
@pytest.mark.parametrize("listens", [True, False], ids=["listens", "binds"])
def test_a_port_taken_by_a_stranger_is_no_fault_of_the_project(started, code, listens) -> None:
    port = free_port()
    with socket.socket() as stranger:
        stranger.bind((LOOPBACK, port))
        if listens:
            stranger.listen()
        with pytest.raises(CannotTell, match=rf"took port {port} .* not your fault"):
            await_page(started(port, code), port)


def test_a_stranger_that_answers_is_not_taken_for_the_project(started) -> None:
    port = free_port()
    with (
        socket.create_server((LOOPBACK, port)),
        pytest.raises(CannotTell, match=r"not your project's"),
    ):
        await_page(started(port, "import time\ntime.sleep(60)\n"), port)


def test_a_page_moves_to_another_port_where_a_stranger_was_quicker(started) -> None:
    port = free_port()
    with socket.create_server((LOOPBACK, port)):
        web, moved = await_page_somewhere(started(port), port, started)
        assert moved != port
        assert moved in web.ports()


def test_a_page_whose_ports_are_all_taken_is_no_fault_of_the_project(started, monkeypatch) -> None:
    port, tried = free_port(), []

    def start_where_a_stranger_is(_: int) -> Launched:
        tried.append(started(port))
        return tried[-1]

    monkeypatch.setattr("checks.harness.readiness.free_port", lambda: port)
    with socket.socket() as stranger:
        stranger.bind((LOOPBACK, port))
        with pytest.raises(PortLost, match="not your fault"):
            await_page_somewhere(started(port), port, start_where_a_stranger_is)
    assert len(tried) == MOVES


def test_a_web_and_a_twin_of_a_project_move_together_with_their_address(tmp_path) -> None:
    (tmp_path / "serves.py").write_text(SERVER, encoding="utf-8")
    line = f'"{sys.executable}" serves.py $PORT'
    names = ("web", "worker", "beat")
    lines = [f"{name}: {line if name == 'web' else 'sleep 60'}" for name in names]
    (tmp_path / "Procfile").write_text("\n".join(lines), encoding="utf-8")
    run = SimpleNamespace(id="a-run", folder=tmp_path)
    redis = SimpleNamespace(url="redis://127.0.0.1:1")
    instance = Instance(Launcher(tmp_path, run), redis)
    with socket.create_server((LOOPBACK, instance.port)):
        instance.launch("web", line.replace("$PORT", str(instance.port)), "web")
        try:
            instance.await_web()
            assert instance.port in instance.process("web").ports()
            assert instance.url.endswith(f":{instance.port}")
        finally:
            instance.close()


def test_a_project_that_listens_is_found(started) -> None:
    port = free_port()
    await_page(started(port), port)


def test_a_project_that_takes_its_port_twice_is_told_so(started) -> None:
    port = free_port()
    await_page(started(port), port)
    second = started(port)
    wait_until(lambda: second.exit_code() is not None, 20)
    with pytest.raises(NotYet) as told:
        await_page(second, port)
    assert told.value.seen.startswith("it ended by itself with exit code 1: OSError: ")
