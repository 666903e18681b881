"""A workbook that sets up in a moment, in a git repository of the test's own.

Its tool stands in for the real one. The first call fetches a file through the proxy that it was
told of, then rests for a while; `run` serves /live/ and a websocket that sends one status.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.text_files import write_files
from tests.support.web_servers import QuietHandler, serving

FETCHED_BYTES = 3_000_000
REST_SECONDS = 0.6
TOOL = f"""\
import http.client, os, pathlib, sys, time
from urllib.parse import urlsplit

done = pathlib.Path(".venv")
if not done.exists():
    proxy = urlsplit(os.environ["HTTPS_PROXY"])
    connection = http.client.HTTPConnection(proxy.hostname, proxy.port)
    connection.set_tunnel("127.0.0.1", int(os.environ["FILE_PORT"]))
    connection.request("GET", "/file")
    assert len(connection.getresponse().read()) == {FETCHED_BYTES}
    time.sleep({REST_SECONDS})
    assert not os.listdir(os.environ["PIP_CACHE_DIR"]), "a cache that is not empty"
    pathlib.Path(os.environ["PIP_CACHE_DIR"], "file").touch()
    done.mkdir()
if sys.argv[1:]:
    python = os.environ["SERVERS_PYTHON"]
    os.execv(python, [python, "server.py", sys.argv[-1]])
"""
SERVER = """\
import sys
from websockets.datastructures import Headers
from websockets.http11 import Response
from websockets.sync.server import serve

PAGE = b'<section ws-connect="/ws/status"><span id="status">...</span></section>'

def page(_connection, request):
    if request.path == "/live/":
        return Response(200, "OK", Headers({"Content-Length": str(len(PAGE))}), PAGE)

def send_status(socket):
    socket.send('<span id="status"></span>')  # no status yet
    socket.send('<span id="status">RUNNING</span>')
    socket.recv()

with serve(send_status, "127.0.0.1", int(sys.argv[1]), process_request=page) as server:
    server.serve_forever()
"""


class _File(QuietHandler):
    def do_GET(self) -> None:
        self.answer(200, bytes(FETCHED_BYTES))


@contextmanager
def file_server() -> Iterator[int]:
    """Serve a file of FETCHED_BYTES on the port that the block gets."""
    with serving(_File) as server:
        yield server.server_port


def make_quick_workbook(folder: Path, tool: str = TOOL, server: str = SERVER) -> Path:
    """Commit the tool and its server in a repository in `folder`, and return it."""
    write_files(folder, {"workbook/__main__.py": tool, "server.py": server})
    author = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    for words in (["init", "--quiet"], ["add", "."], [*author, "commit", "--quiet", "-m", "Quick"]):
        subprocess.run(["git", *words], cwd=folder, check=True, timeout=30)
    return folder
