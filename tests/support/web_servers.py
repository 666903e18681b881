"""Web servers of a test's own, and a folder as one shows it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx

from workbook.runtime.ports import LOOPBACK

LOOK_SECONDS = 0.05  # how soon its end is noticed


class QuietHandler(BaseHTTPRequestHandler):
    """Says nothing of what it is asked for."""

    def log_message(self, *_words: object) -> None:
        """Keep the test's output clean."""

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class _Files(QuietHandler, SimpleHTTPRequestHandler):
    pass


@contextmanager
def serving(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[ThreadingHTTPServer]:
    """Let `handler` answer on a free port of this machine inside the block."""
    with ThreadingHTTPServer((LOOPBACK, 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(LOOK_SECONDS,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine; yield its address, with a slash at the end."""
    with serving(partial(_Files, directory=folder)) as server:
        yield f"http://{LOOPBACK}:{server.server_port}/"


def answers(url: str, within: float = 2) -> bool:
    """Tell whether a server answers there, in so many seconds."""
    try:
        httpx.get(url, timeout=within)
    except httpx.TransportError:
        return False
    return True
