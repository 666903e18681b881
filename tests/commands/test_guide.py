"""`guide`: the pages, served, and loaded again when one changes."""

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from tests.support.live_guides import LiveGuide, live_guide
from tests.support.workbook_copy import SmallWorkbook
from workbook.runtime.ports import free_port
from workbook.runtime.process_tree import is_alive
from workbook.runtime.waiting import wait_until

CHANGE_SECONDS = 30


def test_a_taken_port_gets_a_sentence_with_another_one(small: SmallWorkbook):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        said = small.refuses("guide", "--port", str(port))
    assert f"Port {port} is taken" in said
    assert "--port" in said


def test_a_terminal_editor_is_refused_before_anything_is_built(small: SmallWorkbook):
    said = small.refuses("guide", "--port", str(free_port()), "--editor", "vim")
    assert "It knows no “vim”" in said


def test_pages_that_cannot_be_built_are_reported(small: SmallWorkbook):
    small.write({"mkdocs.yml": "site_name: [\n"}, below=".")
    assert "could not be built" in small.refuses("guide", "--port", str(free_port()))
    assert runs_of(small) == []


def test_the_guide_builds_without_a_warning(site: Path):
    pages = sorted(site.rglob("*.html"))
    assert pages
    for page in pages:
        assert "fonts.googleapis" not in page.read_text(encoding="utf-8")


@pytest.fixture
def served(small: SmallWorkbook) -> Iterator[LiveGuide]:
    """Serve a small guide, which answers."""
    with live_guide(small) as guide:
        yield guide


def test_it_serves_the_pages_until_ctrl_c(served: LiveGuide):
    assert "A small guide" in httpx.get(served.url).text
    with events(served):  # an open page does not hold it up
        # A terminal tells every process.
        os.killpg(served.process.pid, signal.SIGINT)
        assert served.process.wait(timeout=10) == 0
    assert runs_of(served.small) == []


def test_sigterm_ends_the_server_behind_it_as_well(served: LiveGuide):
    served.process.terminate()
    assert served.process.wait(timeout=10) == 143
    with pytest.raises(httpx.ConnectError):
        httpx.get(served.url, timeout=5)
    assert wait_until(lambda: runs_of(served.small) == [], 5, 0.05)


def test_a_killed_guide_takes_its_server_along(served: LiveGuide):
    started = served.processes()
    served.process.kill()
    served.process.wait()
    assert wait_until(lambda: not any(map(is_alive, started)), 20, 0.1)
    assert runs_of(served.small) == []


def test_it_listens_on_loopback_alone(served: LiveGuide):
    processes = psutil.Process(served.process.pid).children(recursive=True)
    listening = [
        one.laddr.ip
        for process in processes
        for one in process.net_connections()
        if one.status == psutil.CONN_LISTEN
    ]
    assert listening == ["127.0.0.1"]


def test_an_open_page_is_told_that_it_changed(served: LiveGuide):
    other = {"other.md": "# Another page\n"}
    with events(served) as told, events(served, "/other/") as told_other:
        former = next(one["digest"] for name, one in told if name == "page")
        assert next(one["digest"] for name, one in told_other if name == "page") == ""
        served.small.write({"index.md": "# A changed guide\n", **other}, below="docs")
        later = next(one["digest"] for name, one in told if name == "page")
    assert later not in ("", former)
    answer = httpx.get(served.url).text
    assert "A changed guide" in answer
    assert f'data-digest="{later}"' in answer


def test_a_page_that_cannot_be_built_leaves_the_pages_as_they_were(served: LiveGuide):
    settings = (served.small.root / "mkdocs.yml").read_text(encoding="utf-8")
    builds = runs_of(served.small)[0]
    served.small.write({"mkdocs.yml": "site_name: [\n"}, below=".")
    served.small.write({"index.md": "# A changed guide\n"}, below="docs")
    assert "A small guide" in httpx.get(served.url).text
    served.small.write({"mkdocs.yml": settings}, below=".")
    changed = wait_until(
        lambda: "A changed guide" in httpx.get(served.url).text, CHANGE_SECONDS, 0.1
    )
    assert changed
    assert len([one for one in builds.iterdir() if one.is_dir()]) <= 2


def test_another_name_for_this_machine_is_refused_unless_it_is_forwarded(small: SmallWorkbook):
    with live_guide(small, WORKBOOK_GUIDE_HOST="guide.example.org") as guide:
        for name, code in {"guide.example.org": 200, "evil.example": 421}.items():
            assert httpx.get(guide.url, headers={"host": name}).status_code == code


@contextmanager
def events(guide: LiveGuide, page: str = "/") -> Iterator[Iterator[tuple[str, dict[str, str]]]]:
    """Listen as an open page does; yield the events that tell something."""
    client = httpx.Client(timeout=CHANGE_SECONDS)
    address = f"{guide.url}-/events"
    with client, client.stream("GET", address, params={"page": page}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield told_in(answer.iter_lines())


def told_in(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the name and the state of each event."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: ") and name != "alive":
            yield name, json.loads(line.removeprefix("data: "))


def runs_of(small: SmallWorkbook) -> list[Path]:
    """Return the folders that runs keep: of a guide, the one with its built site."""
    return sorted((small.root / ".workbook" / "runs").iterdir())
