"""`guide`: the pages, served."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.workbook_copy import SmallWorkbook
from workbook.runtime.ports import free_port


def test_a_taken_port_gets_a_sentence_with_another_one(small: SmallWorkbook):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answer = small.call("guide", "--port", str(port))
    assert answer.returncode == 1
    assert f"Port {port} is taken" in answer.stderr
    assert "--port" in answer.stderr


def test_the_guide_builds_without_a_warning(site: Path):
    pages = sorted(site.rglob("*.html"))
    assert pages
    for page in pages:
        assert "fonts.googleapis" not in page.read_text(encoding="utf-8")


@pytest.fixture
def served(small: SmallWorkbook) -> Iterator[tuple[subprocess.Popen, str]]:
    """Serve a small guide; return the process and the address, which answers."""
    url = f"http://127.0.0.1:{free_port()}/"
    code = "import sys; from workbook.cli import main; sys.exit(main(sys.argv[1:]))"
    with subprocess.Popen(
        [sys.executable, "-c", code, "guide", "--port", url.rstrip("/").rsplit(":", 1)[1]],
        cwd=small.root,
        env=os.environ | {"PYTHONUTF8": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            assert "A small guide" in first_page(url, process)
            yield process, url
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def test_it_serves_the_pages_until_ctrl_c(served):
    process, _url = served
    # A terminal tells every process.
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=10) == 0


def test_sigterm_ends_the_server_behind_it_as_well(served):
    process, url = served
    process.terminate()
    assert process.wait(timeout=10) == 143
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, timeout=5)


def first_page(url: str, process: subprocess.Popen) -> str:
    """Return the page as soon as it answers; fail after 20 seconds or when the server has ended."""
    ends = time.monotonic() + 20
    while time.monotonic() < ends and process.poll() is None:
        try:
            return httpx.get(url, timeout=5).text
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{url} did not answer")
