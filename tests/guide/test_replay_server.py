"""The replay's patience with a web server: it waits until what was saved last is what is served."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.guide.replay.reader import dev_server as module
from tests.guide.replay.reader.dev_server import Server
from tests.guide.replay.reader.terminals import Terminals
from workbook.runtime.ports import free_port

# As runserver does: one process watches, and starts another anew, which serves what it read.
MANAGE = """\
import os, pathlib, socket, subprocess, sys
if 'SERVES' not in os.environ:
    print('Starting', flush=True)
    while subprocess.run([sys.executable, *sys.argv], env=os.environ | {'SERVES': '1'}).returncode:
        pass
watched = pathlib.Path('watched.py')
saved, text = watched.stat().st_mtime_ns, watched.read_bytes()
with socket.create_server(('localhost', int(sys.argv[2]))) as listening:
    listening.settimeout(0.1)
    while watched.stat().st_mtime_ns == saved:
        try:
            listening.accept()[0].sendall(text)
        except TimeoutError:
            pass
sys.exit(3)
"""
START_SECONDS = 20


class ServedProject:
    """A folder with a `manage.py`, and a desk on which its server can be started."""

    def __init__(self, folder: Path, terminals: Terminals, port: int) -> None:
        self._folder, self._terminals, self._port = folder, terminals, port
        self.server = Server(terminals)
        (folder / "manage.py").write_text(MANAGE, encoding="utf-8")

    def save(self, name: str, text: str) -> None:
        """Save a file, as the reader's hands do."""
        (self._folder / name).write_text(text, encoding="utf-8")
        self.server.edited(self._folder / name)

    def start(self) -> None:
        """Start the server in a terminal."""
        terminal = self._terminals.terminal(in_the_workbook=True)
        terminal.command = f"python3 manage.py runserver {self._port}"
        terminal.type(terminal.command)
        assert terminal.wait(lambda: "Starting" in terminal.shown, START_SECONDS)

    def served(self) -> str:
        """Return what the server has read of watched.py."""
        with socket.create_connection(("localhost", self._port), timeout=START_SECONDS) as asked:
            return asked.recv(100).decode()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServedProject]:
    """Return a project on a desk and a port of its own."""
    port = free_port()
    monkeypatch.setattr(module, "PORT", port)
    with closing(Terminals(tmp_path, tmp_path)) as terminals:
        yield ServedProject(tmp_path, terminals, port)


def test_a_server_that_is_started_right_after_an_edit_has_read_it(project: ServedProject):
    project.save("watched.py", "A = 1")
    project.save("not_yet_imported.py", "B = 1")
    project.start()
    project.server.settle()
    assert project.served() == "A = 1"


def test_a_server_that_runs_is_waited_for_until_it_has_read_an_edit(project: ServedProject):
    project.save("watched.py", "A = 1")
    project.start()
    project.server.settle()
    project.save("watched.py", "A = 2")
    project.server.settle()
    assert project.served() == "A = 2"
